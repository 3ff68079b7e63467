"""Percentiles of durations."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Latency:
    """Percentiles in milliseconds."""

    p50: int
    p95: int
    p99: int
    max: int

    @classmethod
    def of(cls, samples: Sequence[int]) -> Self | None:
        """Return the percentiles of the samples; None without samples. Each is one of the samples, by nearest rank."""
        if not samples:
            return None
        ranked = sorted(samples)
        return cls(*(percentile(ranked, percent) for percent in (50, 95, 99, 100)))


def percentile(ranked: Sequence[int], percent: int) -> int:
    """Return the smallest of the samples (ascending, at least one) that so many percent of them do not exceed."""
    return ranked[math.ceil(percent * len(ranked) / 100) - 1]
