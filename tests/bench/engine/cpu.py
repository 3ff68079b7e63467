"""The CPU time of the engine and of its functions. Linux only."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
_GROUP, _USER, _SYSTEM = 2, 11, 12  # fields of /proc/PID/stat after the name


@dataclass(frozen=True)
class Cpu:
    """CPU time in ms: of the engine's own process, and of all other processes of its group."""

    engine: float
    functions: float

    @classmethod
    def of_group(cls, leader: int) -> Self:
        """Return what the processes that live have used so far."""
        used = {pid: ms for pid, (group, ms) in _processes().items() if group == leader}
        return cls(used[leader], sum(used.values()) - used[leader])

    def __sub__(self, other: "Cpu") -> "Cpu":
        """Return the difference."""
        return Cpu(self.engine - other.engine, self.functions - other.functions)


def _processes() -> dict[int, tuple[int, float]]:
    found = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        ms = (int(fields[_USER]) + int(fields[_SYSTEM])) * _TICK_MS
        found[int(file.parent.name)] = (int(fields[_GROUP]), ms)
    return found
