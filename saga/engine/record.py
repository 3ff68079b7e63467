"""What is known of a background process, in a file whose lock that process holds for as long as it lives.

So a recorded pid is never a stranger's: lock free, process gone.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from saga.failure import Unreachable


class Record:
    """The file at `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def is_held(self) -> bool:
        """Whether the process that it describes is alive, or just being started."""
        if not self._path.exists():
            return False
        with self._path.open() as file:
            return not _lock(file.fileno())

    def read(self) -> dict[str, int]:
        """What was written. Raises Unreachable while another command is between claiming and writing."""
        text = self._path.read_text()
        if not text:
            raise Unreachable("another command is starting it: try again")
        return {name: int(value) for name, value in json.loads(text).items()}

    def write(self, **facts: int) -> None:
        """Says what the process that inherited the lock is."""
        self._path.write_text(json.dumps(facts))

    @contextmanager
    def claim(self) -> Iterator[int]:
        """Empties the file and holds its lock; a child that inherits the yielded descriptor goes on holding it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if not _lock(descriptor):
                raise Unreachable("another command is starting it: try again")
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
