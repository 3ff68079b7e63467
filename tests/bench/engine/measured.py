"""One measurement: how many at a time, how long each took, and the CPU time."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from saga.engine.process import Engine
from saga.operations.latency import Latency
from tests.bench.engine.cpu import Cpu


@dataclass
class Measured:
    """What was measured: the ends per second, the latencies in ms, how many did not end well, and the CPU time."""

    name: str
    per_second: float = 0
    latencies: Sequence[int] = ()
    lost: int = 0
    cpu: Cpu = field(default_factory=lambda: Cpu(0, 0))

    @property
    def engine_ms(self) -> float:
        """The engine's CPU time for each."""
        return self.cpu.engine / len(self.latencies)

    @property
    def functions_ms(self) -> float:
        """The functions' CPU time for each, including the starts of their workers."""
        return self.cpu.functions / len(self.latencies)

    @property
    def latency(self) -> Latency:
        """The percentiles of the latencies."""
        found = Latency.of(self.latencies)
        assert found, self.name
        return found


@contextmanager
def measuring(engine: Engine, name: str) -> Iterator[Measured]:
    """Measure the CPU time of the block, which fills in the rest."""
    leader: int = engine.pid_file.read()["pid"]
    measured, before = Measured(name), Cpu.of_group(leader)
    yield measured
    measured.cpu = Cpu.of_group(leader) - before
