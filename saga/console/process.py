"""The console as a process in the background: started by `make up`, found again and stopped by `make down`."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

from saga.console.listening import DEFAULT_PORT, HOST, listen
from saga.engine.log import tail
from saga.engine.record import Record
from saga.failure import Failure, Unreachable
from saga.http import call
from saga.wait import wait_until

_START_SECONDS = 60
_STOP_SECONDS = 10


@dataclass
class BackgroundConsole:
    """One console: its files are under `home`; `flags` are added to its command."""

    home: Path
    flags: Sequence[str] = ()
    _child: "subprocess.Popen[bytes] | None" = field(default=None, init=False, repr=False)

    @property
    def log(self) -> Path:
        """Where the console writes what goes wrong."""
        return self.home / "console.log"

    def url(self) -> str | None:
        """Its address; None when it is not running."""
        return f"http://{HOST}:{self._record.read()['port']}" if self._record.is_held() else None

    def start(self, port: int = DEFAULT_PORT) -> str:
        """Starts it and waits until it answers; when it runs already, only waits. Gives its address.

        Raises UsageFailure when the port is taken, Failure when it does not come up.
        """
        if not self._record.is_held():
            self._launch(port)
        wait_until(self._is_ready, _START_SECONDS, f"the console does not answer; its log: {self.log}")
        return str(self.url())

    def stop(self) -> None:
        """Ends it; when it is not running, does nothing."""
        if self._record.is_held():
            self._end(self._record.read()["pid"])
        if self._child is not None:
            self._child.wait()

    @property
    def _record(self) -> Record:
        return Record(self.home / "console.json")

    def _launch(self, port: int) -> None:
        with self._record.claim() as lock, listen(port) as listener, self.log.open("wb") as log:
            port = listener.getsockname()[1]
            listener.close()  # it was free a moment ago; whoever takes it before the console does, the log tells
            self._child = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
                [sys.executable, "-m", "saga", "console", "--port", str(port), "--no-open", *self.flags],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=[lock],
            )
            self._record.write(pid=self._child.pid, port=port)

    def _end(self, pid: int) -> None:
        os.kill(pid, signal.SIGTERM)
        with suppress(Failure):
            wait_until(self._is_gone, _STOP_SECONDS, "the console does not heed SIGTERM")
        if not self._is_gone():
            os.kill(pid, signal.SIGKILL)
            wait_until(self._is_gone, _STOP_SECONDS, f"process {pid} cannot be ended")

    def _is_ready(self) -> bool:
        if self._is_gone():
            raise Failure(f"the console ended while starting:\n{tail(self.log)}")
        try:
            return call(f"{self.url()}/health")[0] == HTTPStatus.OK
        except Unreachable:
            return False

    def _is_gone(self) -> bool:
        return not self._record.is_held()
