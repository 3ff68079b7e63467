"""Files that commands read and write."""

from pathlib import Path

from saga.failures import UsageFailure
from saga.orders.record import Record, of_json


def read_record(path: Path) -> Record:
    """Read an exported order."""
    try:
        return of_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageFailure(f"cannot read {path}: {error}") from error
    except UsageFailure as failure:
        raise UsageFailure(f"{path}: {failure}") from failure


def write(path: Path, content: bytes) -> None:
    """Write a file."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise UsageFailure(f"cannot write {path}: {error.strerror}") from error
