"""Finds the processes that run functions for an engine."""

import time
from collections.abc import Iterable
from pathlib import Path

from saga.engine.process import Engine
from saga.engine.warm import attach

WARM = 4  # seconds


def of_functions(engine: Engine) -> list[int]:
    """Return the bootstraps of this engine that are warm. A function ends with its bootstrap.

    If a process ends while it starts, the engine ends all that start with it, which would be a different experiment.
    """
    ours = (pid for pid in _all() if f"GATEWAY_PORT={engine.port}" in _strings(pid, "environ"))
    return [pid for pid in ours if attach.__file__ in _strings(pid, "cmdline") and _age(pid) > WARM]


def _age(pid: int) -> float:
    """Return the age of a process in seconds, or 0 if it has ended."""
    try:
        return time.time() - (Path("/proc") / str(pid)).stat().st_mtime
    except OSError:
        return 0


def _all() -> Iterable[int]:
    return [int(path.name) for path in Path("/proc").glob("[0-9]*")]


def _strings(pid: int, file: str) -> list[str]:
    try:
        return (Path("/proc") / str(pid) / file).read_text().split("\0")
    except OSError:  # it ended, or is another user's
        return []
