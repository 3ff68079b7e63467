"""How long things take."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Self


@dataclass(frozen=True)
class Latency:
    """Percentiles, in milliseconds."""

    p50: int
    p95: int
    p99: int
    max: int

    @classmethod
    def of(cls, samples: Sequence[int]) -> Self | None:
        """The percentiles of these; None when there are none. Each is one of the samples, by nearest rank."""
        if not samples:
            return None
        ranked = sorted(samples)
        return cls(*(percentile(ranked, percent) for percent in (50, 95, 99, 100)))

    @property
    def json(self) -> dict[str, int]:
        """For programs."""
        return asdict(self)


def percentile(ranked: Sequence[int], percent: int) -> int:
    """The least of the samples (ascending, at least one) that so many percent of them do not exceed."""
    return ranked[math.ceil(percent * len(ranked) / 100) - 1]
