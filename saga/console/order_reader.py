"""Reads what the page of an order shows."""

from dataclasses import dataclass, field, replace

from saga.console.sources.source import Source
from saga.failures import Failure
from saga.orders.logs import LogLine, read_logs
from saga.orders.record import Record

_TRAILING_READS = 2  # of the logs after the last change: lines arrive late


@dataclass(frozen=True)
class Snapshot:
    """An order and its logs; `no_logs` says why there are none."""

    record: Record
    logs: tuple[LogLine, ...] = ()
    no_logs: str = "Loading …"


@dataclass
class OrderReader:
    """Reads an order, and its logs, which cost more, only while they may have changed."""

    source: Source
    order_id: str
    _last: Snapshot | None = field(default=None, init=False)
    _reads_due: int = field(default=0, init=False)

    def __call__(self) -> Snapshot:
        """Read the order as it is now."""
        record = self.source.record(self.order_id)
        if self._last is None or record != self._last.record:
            self._reads_due = _TRAILING_READS
            self._last = replace(self._last, record=record) if self._last else Snapshot(record)
        elif self._reads_due:
            self._reads_due -= 1
            self._last = self._with_logs(record)
        return self._last

    def _with_logs(self, record: Record) -> Snapshot:
        try:
            lines = tuple(self.source.read(read_logs, self.order_id))
        except Failure as failure:
            return Snapshot(record, no_logs=str(failure))
        return Snapshot(record, lines, "" if lines else "Nothing was logged.")
