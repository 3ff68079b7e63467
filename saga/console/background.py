"""The console as a background process: `make up` starts it, `make down` stops it."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

from saga.console.listener import DEFAULT_PORT, HOST, listen
from saga.engine.daemon import Record, tail, wait_until
from saga.failures import Failure, Unreachable
from saga.http import call

_START_SECONDS = 60
_STOP_SECONDS = 10


@dataclass
class BackgroundConsole:
    """One console with its files under `home`; `flags` are added to its command."""

    home: Path
    flags: Sequence[str] = ()
    _child: "subprocess.Popen[bytes] | None" = field(default=None, init=False, repr=False)

    @property
    def log(self) -> Path:
        """Its error log."""
        return self.home / "console.log"

    def url(self) -> str | None:
        """Return its address, or None if it isn't running."""
        return f"http://{HOST}:{self._record.read()['port']}" if self._record.is_held() else None

    def start(self, port: int = DEFAULT_PORT) -> str:
        """Start it unless it is running, wait until it answers, and return its address.

        Raises:
            UsageFailure: the port is taken.
            Failure: it didn't start.
        """
        if not self._record.is_held():
            self._launch(port)
        wait_until(self._is_ready, _START_SECONDS, f"the console is not responding. Its log: {self.log}")
        return str(self.url())

    def stop(self) -> None:
        """Stop it if it is running."""
        if self._record.is_held():
            self._kill(self._record.read()["pid"])
        if self._child is not None:
            self._child.wait()

    @property
    def _record(self) -> Record:
        return Record(self.home / "console.json")

    def _launch(self, port: int) -> None:
        with self._record.claim() as lock, listen(port) as listener, self.log.open("wb") as log:
            port = listener.getsockname()[1]
            listener.close()  # if another program takes the port before the console does, the log says so
            self._child = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
                [sys.executable, "-m", "saga", "console", "--port", str(port), "--no-open", *self.flags],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=[lock],
            )
            self._record.write(pid=self._child.pid, port=port)

    def _kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGTERM)
        with suppress(Failure):
            wait_until(self._is_gone, _STOP_SECONDS, "the console ignores SIGTERM")
        if not self._is_gone():
            os.kill(pid, signal.SIGKILL)
            wait_until(self._is_gone, _STOP_SECONDS, f"cannot kill process {pid}")

    def _is_ready(self) -> bool:
        if self._is_gone():
            raise Failure(f"the console exited while starting:\n{tail(self.log)}")
        try:
            return call(f"{self.url()}/health")[0] == HTTPStatus.OK
        except Unreachable:
            return False

    def _is_gone(self) -> bool:
        return not self._record.is_held()
