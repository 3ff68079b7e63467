"""What is done already of a long job, so that the job can be begun again where it was broken off."""

import hashlib
import os
from pathlib import Path


class Journal:
    """The ids of what is done, a line each, in a file of the operator's that is named after the job."""

    def __init__(self, job: str) -> None:
        home = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
        self.path = home / "order-saga" / f"{hashlib.sha256(job.encode()).hexdigest()[:20]}.done"

    def done(self) -> set[str]:
        """What earlier runs have done; nothing, where none was broken off."""
        try:
            return set(self.path.read_text().splitlines())
        except FileNotFoundError:
            return set()

    def add(self, what: str) -> None:
        """Notes that this is done."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a") as file:
            file.write(f"{what}\n")

    def close(self) -> None:
        """The job is done: the next one of this name begins anew."""
        self.path.unlink(missing_ok=True)
