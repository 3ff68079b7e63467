"""What an exploration covered: how often each fault hit each call, and how often each guard refused."""

from collections import Counter
from dataclasses import dataclass, field

MAY_LAG, STALE = "read that may lag", "stale read"  # kinds of hits: such reads, and those that missed a write


@dataclass
class Coverage:
    """Counts of one or more runs."""

    schedules: int = 0
    hits: Counter[tuple[str, str]] = field(default_factory=Counter)  # kind and name: fault, action, guard, rule, read
    sites: Counter[str] = field(default_factory=Counter)  # calls
    faults: Counter[tuple[str, str]] = field(default_factory=Counter)  # fault and site
    refusals: Counter[frozenset[str]] = field(default_factory=Counter)  # all guards, by role, that refused one call
    guards: Counter[str] = field(default_factory=Counter)  # issued, whether or not they refused
    lines: set[tuple[str, int]] = field(default_factory=set)

    def count(self, kind: str, name: str) -> None:
        """Count one hit."""
        self.hits[kind, name] += 1

    def count_fault(self, fault: str, site: str) -> None:
        """Count a fault, by the call that it hit."""
        self.hits["fault", fault] += 1
        self.faults[fault, site] += 1

    def merge(self, other: "Coverage") -> None:
        """Add the counts of another exploration."""
        self.schedules += other.schedules
        self.hits += other.hits
        self.sites += other.sites
        self.faults += other.faults
        self.refusals += other.refusals
        self.guards += other.guards
        self.lines |= other.lines
