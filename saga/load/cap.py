"""What the engine is capped by: all of its services are one process, which no second core makes faster."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from saga.engine.cpu import cpu_seconds
from saga.engine.process import Engine
from saga.engine.project import ENGINE_HOME
from saga.failures import Unreachable
from saga.http import Json
from saga.stack.stack import Stack

_ENOUGH = 2  # seconds of CPU time, of which `ps` tells only whole ones


@dataclass
class EngineUse:
    """The engine's share of a run: its CPU time and how long the run took, both in seconds."""

    cpu: float = field(default=0, init=False)
    elapsed: float = field(default=0, init=False)

    def json(self, ended: int) -> Json:
        """Return the CPU time of one that ended, the share of a core, and how many a second the engine carries.

        None if the run was too short to tell, or wasn't on this machine's engine.
        """
        if self.cpu < _ENOUGH or not ended:
            return None
        return {
            "cpuMs": round(self.cpu / ended * 1000),
            "busyPercent": round(self.cpu / self.elapsed * 100),
            "mostPerSecond": round(ended / self.cpu, 1),
        }


@contextmanager
def engine_use(stack: Stack) -> Iterator[EngineUse]:
    """Measure the use of the stack's engine by what runs within."""
    use, pid, began = EngineUse(), _pid(stack), time.monotonic()
    before = pid and cpu_seconds(pid)
    yield use
    after = pid and cpu_seconds(pid)
    if before is not None and after is not None:
        use.cpu, use.elapsed = after - before, time.monotonic() - began


def _pid(stack: Stack) -> int | None:
    try:
        engine = Engine.running_at(ENGINE_HOME)
    except Unreachable:
        return None
    pid: int = engine.pid_file.read()["pid"]
    return pid if engine.endpoint == stack.endpoint else None
