"""The processes that run functions for an engine, to be killed."""

import time
from collections.abc import Iterable
from pathlib import Path

from saga.engine.process import Engine

WARM = 4  # seconds


def of_functions(engine: Engine) -> list[int]:
    """Find those of this engine, once they are warm.

    One that ends while it starts makes the engine end all that start with it, which would be another experiment.
    """
    ours = (pid for pid in _all() if f"GATEWAY_PORT={engine.port}" in _told(pid, "environ"))
    return [pid for pid in ours if "awslambdaric" in _told(pid, "cmdline") and _age(pid) > WARM]


def _age(pid: int) -> float:
    """Give how long ago the process started, in seconds; 0 for one that has ended."""
    try:
        return time.time() - (Path("/proc") / str(pid)).stat().st_mtime
    except OSError:
        return 0


def _all() -> Iterable[int]:
    return [int(path.name) for path in Path("/proc").glob("[0-9]*")]


def _told(pid: int, what: str) -> list[str]:
    try:
        return (Path("/proc") / str(pid) / what).read_text().split("\0")
    except OSError:  # it ended, or is another user's
        return []
