"""What a run of the explorer really did: how often each fault struck where, and each guard said no."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Tally:
    """Counts by kind and name. `issued` are the guards that were asked at all, `sites` the calls that were made."""

    hits: Counter[tuple[str, str]] = field(default_factory=Counter)
    sites: Counter[str] = field(default_factory=Counter)
    struck: Counter[tuple[str, str]] = field(default_factory=Counter)
    issued: set[str] = field(default_factory=set)
    lines: set[tuple[str, int]] = field(default_factory=set)

    def hit(self, kind: str, name: str) -> None:
        """Count one."""
        self.hits[kind, name] += 1

    def strike(self, fault: str, site: str) -> None:
        """Count a fault, by the call that it befell."""
        self.hits["fault", fault] += 1
        self.struck[fault, site] += 1

    def add(self, other: Tally) -> None:
        """Add what another process counted."""
        self.hits += other.hits
        self.sites += other.sites
        self.struck += other.struck
        self.issued |= other.issued
        self.lines |= other.lines

    def of(self, kind: str) -> dict[str, int]:
        """Give the counts of a kind by name."""
        return {name: count for (each, name), count in self.hits.items() if each == kind}
