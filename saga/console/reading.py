"""Reads what the page of an order shows."""

from dataclasses import dataclass, field

from saga.console.source import Source
from saga.failure import Failure
from saga.orders.logs import LogLine
from saga.orders.record import Record

_TRAILING = 2  # readings of the logs after the last change: lines come late


@dataclass(frozen=True)
class Seen:
    """What was read: `logs` are None until they were asked for; a text says why there are none."""

    record: Record
    logs: tuple[LogLine, ...] | str | None = None


@dataclass
class Reading:
    """Reads the order; the logs, which cost more, only while they may have changed."""

    source: Source
    order_id: str
    _seen: Seen | None = field(default=None, init=False)
    _due: int = field(default=0, init=False)

    def __call__(self) -> Seen:
        """What is on record now."""
        record, before = self.source.record(self.order_id), self._seen
        if before is None or record != before.record:
            self._due = _TRAILING
            self._seen = Seen(record, before.logs if before else None)
        elif self._due:
            self._due -= 1
            self._seen = Seen(record, self._logs())
        return self._seen or Seen(record)

    def _logs(self) -> tuple[LogLine, ...] | str:
        try:
            return tuple(self.source.logs(self.order_id))
        except Failure as failure:
            return str(failure)
