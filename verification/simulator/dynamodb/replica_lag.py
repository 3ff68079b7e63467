"""How far indexes and eventually consistent reads are behind their table: by a number of writes, and by a second."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verification.simulator.dynamodb.in_memory_dynamodb import Change, Key, Row

MAX_AGE = 1_000  # milliseconds; every reader sees what was written before


class ReplicaLag:
    """Hides the last `writes` writes to each table, unless they are old."""

    def __init__(self, writes: int, now: Callable[[], int]) -> None:
        self._recent: dict[str, deque[tuple[int, Change]]] = defaultdict(lambda: deque(maxlen=writes))
        self._now = now

    def record(self, changes: Sequence["Change"]) -> None:
        """Remember writes. Each item of a transaction counts: only its commit is atomic, not what such a read sees."""
        for change in changes:
            self._recent[change.table].append((self._now(), change))

    def behind(self, table: str, rows: "dict[Key, Row]") -> "dict[Key, Row]":
        """Return the table's rows as a reader sees them that lags."""
        seen = rows
        for change in self._hidden(table):
            if seen is rows:
                seen = dict(rows)
            if change.before:
                seen[change.key] = change.before
            else:
                seen.pop(change.key, None)
        return seen

    def _hidden(self, table: str) -> "Iterator[Change]":
        """Yield the changes that the reader misses, the newest first."""
        for at, change in reversed(self._recent[table]):
            if self._now() - at >= MAX_AGE:
                return
            yield change
