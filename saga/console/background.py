"""The console as a background process: `make up` starts it, `make down` stops it."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

from saga.console.listener import DEFAULT_PORT, listen
from saga.engine.background import Background
from saga.engine.port import HOST


@dataclass
class BackgroundConsole(Background):
    """The console of the stack that `flags` select. Each stack has its own."""

    name: ClassVar[str] = "console"
    flags: Sequence[str] = ()

    @classmethod
    def started(cls, home: Path) -> list[Self]:
        """Return the consoles that were started for any stack, by the names of their files."""
        return [cls(home, file.stem.split("-")[1:]) for file in sorted(home.glob("console*.json"))]

    @property
    def stem(self) -> str:
        """The name of its files, without suffix."""
        return "-".join([self.name, *(flag for flag in self.flags if not flag.startswith("--"))])

    def url(self) -> str | None:
        """Return its address, or None if it isn't running."""
        return f"http://{HOST}:{self.pid_file.read()['port']}" if self.is_running() else None

    def start(self, port: int = DEFAULT_PORT) -> str:
        """Start it unless it is running, wait until it answers, and return its address.

        Raises:
            UsageFailure: the port is taken.
            Failure: it didn't start.
        """
        if not self.is_running():
            self._launch(port)
        self._wait_for("/health")
        return str(self.url())

    def _launch(self, port: int) -> None:
        with self.pid_file.claim() as lock, listen(port) as listener:
            port = listener.getsockname()[1]
            listener.close()  # if another program takes the port before the console does, the log says so
            command = [sys.executable, "-m", "saga", "console", "--port", str(port), "--no-open", *self.flags]
            self.pid_file.write(pid=self._spawn(command, lock), port=port)
