"""The console in a thread of the tests. There is one for all of them, for NiceGUI has one application in a process:
what it reads from is switched instead.
"""

import threading
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import uvicorn

from saga.console.app import build
from saga.console.listening import listen, url
from saga.console.security import Token
from saga.console.serving import config
from saga.console.source import Source
from saga.wait import wait_until

_START_SECONDS = 60


@dataclass
class Switch:
    """Stands for the source that is set at the moment."""

    source: Source | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.source, name)


@dataclass
class Served:
    """A console that answers at `url`."""

    url: str
    token: Token
    switch: Switch
    _server: uvicorn.Server
    _thread: threading.Thread

    def show(self, source: Source) -> None:
        """Have the pages show this source from now on."""
        self.switch.source = source

    def stop(self) -> None:
        """End it."""
        self._server.should_exit = True
        self._thread.join()


@cache
def served() -> Served:
    """Start the console, once."""
    switch, token, listener = Switch(), Token(), listen(0)
    server = uvicorn.Server(config(build(cast("Source", switch), token)))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    wait_until(lambda: server.started, _START_SECONDS, "the console does not start")
    return Served(url(listener), token, switch, server, thread)
