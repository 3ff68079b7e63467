"""A journal of what a long job has done, so that an interrupted job continues where it stopped."""

import hashlib
import os
from pathlib import Path


class Journal:
    """The IDs of what is done, one per line, in a file in the operator's home that is named after the job."""

    def __init__(self, job: str) -> None:
        home = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
        self.path = home / "order-saga" / f"{hashlib.sha256(job.encode()).hexdigest()[:20]}.done"

    def done(self) -> set[str]:
        """Return what interrupted runs have done."""
        return set(self.path.read_text().splitlines()) if self.path.exists() else set()

    def add(self, item_id: str) -> None:
        """Note that this item is done."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a") as file:
            file.write(f"{item_id}\n")

    def close(self) -> None:
        """Delete the journal: the job is done, and its next run starts over."""
        self.path.unlink(missing_ok=True)
