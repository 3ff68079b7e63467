"""The console in a thread. NiceGUI has one application per process, so all tests share it and switch its source."""

import threading
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import uvicorn

from saga.console.app import build, config
from saga.console.listener import listen, url
from saga.console.security import Token
from saga.console.sources.source import Source
from saga.engine.background import wait_until

_START_SECONDS = 60


@dataclass
class Switch:
    """Forwards to the current source."""

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
        """Switch the pages to this source."""
        self.switch.source = source

    def stop(self) -> None:
        """Stop it."""
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
