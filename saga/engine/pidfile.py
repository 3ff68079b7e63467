"""The file that says whether a background process is alive, and which one it is."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from saga.failures import Unreachable

_BUSY = "another command is starting it. Try again"


@dataclass(frozen=True)
class PidFile:
    """A file about a process, which holds the file's lock while it lives. So a recorded pid is never stale."""

    path: Path

    def is_held(self) -> bool:
        """Return whether the process is alive, or about to be started."""
        if not self.path.exists():
            return False
        with self.path.open() as file:
            return not _lock(file.fileno())

    def read(self) -> dict[str, Any]:
        """Return what was written.

        Raises:
            Unreachable: another command is starting the process.
        """
        text = self.path.read_text()
        if not text:
            raise Unreachable(_BUSY)
        values: dict[str, Any] = json.loads(text)
        return values

    def write(self, **values: int | str | None) -> None:
        """Record the process that inherited the lock."""
        self.path.write_text(json.dumps(values))

    @contextmanager
    def claim(self) -> Iterator[int]:
        """Empty the file and lock it. A child that inherits the yielded descriptor keeps the lock.

        Raises:
            Unreachable: the lock is taken.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if not _lock(descriptor):
                raise Unreachable(_BUSY)
            os.ftruncate(descriptor, 0)
            yield descriptor
        finally:
            os.close(descriptor)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
