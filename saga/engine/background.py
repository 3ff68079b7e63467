"""Processes that outlive the command which starts them. Later commands find them again and stop them."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import ClassVar

from saga.engine.pidfile import PidFile
from saga.engine.port import HOST
from saga.failures import Failure, Silent, Unreachable
from saga.http import call

_START_SECONDS = 60
_STOP_SECONDS = 10
_POLL_SECONDS = 0.05
_LINES = 15

type Environment = dict[str, str] | None


@dataclass
class Background:
    """A background process with its files under `home`, which are named after it."""

    name: ClassVar[str]
    home: Path
    _child: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)

    @property
    def stem(self) -> str:
        """The name of its files, without suffix."""
        return self.name

    @property
    def pid_file(self) -> PidFile:
        """The file with its pid and its port."""
        return PidFile(self.home / f"{self.stem}.json")

    def is_running(self) -> bool:
        """Return whether its process is alive. It may not answer yet."""
        return self.pid_file.is_held()

    def stop(self) -> None:
        """End the process and its children, if it is running."""
        if self.is_running():
            group = self.pid_file.read()["pid"]
            os.killpg(group, signal.SIGTERM)
            with suppress(ProcessLookupError):  # a stopped process only notices SIGTERM when it goes on
                os.killpg(group, signal.SIGCONT)
            with suppress(Failure):
                wait_until(lambda: not self.is_running(), _STOP_SECONDS, f"the {self.name} ignores SIGTERM")
            with suppress(ProcessLookupError):  # its children must not outlive it, whatever they are waiting for
                os.killpg(group, signal.SIGKILL)
            wait_until(lambda: not self.is_running(), _STOP_SECONDS, f"cannot end process {group}")
        if self._child is not None:
            self._child.wait()

    def _spawn(self, command: Sequence[str | Path], lock: int, cwd: Path | None = None, env: Environment = None) -> int:
        """Start the process, which holds the lock of its PID file while it lives, and return its pid."""
        with self._log.open("wb") as log:
            self._child = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
                command,
                cwd=cwd,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=[lock],
            )
        return self._child.pid

    def _wait_for(self, path: str) -> None:
        """Return as soon as the process answers a GET of `path`, or raise a Failure.

        One that has just been started may be silent for a while. One that was running before hangs if it is.
        """

        def answers() -> bool:
            if not self.is_running():
                raise Failure(f"the {self.name} ended while starting:\n{tail(self._log)}")
            try:
                return call(f"http://{HOST}:{self.pid_file.read()['port']}{path}")[0] == HTTPStatus.OK
            except Silent as silent:
                if self._child is None:
                    raise Silent(f"the {self.name} hangs: {silent}. To end it: make down") from silent
                return False
            except Unreachable:
                return False

        wait_until(answers, _START_SECONDS, f"the {self.name} does not answer. Its log: {self._log}")

    @property
    def _log(self) -> Path:
        return self.home / f"{self.stem}.log"


def tail(log: Path) -> str:
    """Return the last lines of a log that aren't empty."""
    lines = [line.rstrip() for line in log.read_text(errors="replace").splitlines()]
    return "\n".join([line for line in lines if line][-_LINES:])


def wait_until(condition: Callable[[], bool], seconds: float, otherwise: str) -> None:
    """Return as soon as the condition holds.

    Raises:
        Failure: it doesn't hold in time. The message is `otherwise`.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Failure(otherwise)
        time.sleep(_POLL_SECONDS)
