"""Reading logs that others write."""

from pathlib import Path

_LINES = 15


def tail(log: Path) -> str:
    """The last lines that are not empty."""
    lines = [line.rstrip() for line in log.read_text(errors="replace").splitlines()]
    return "\n".join([line for line in lines if line][-_LINES:])
