"""The circuit breaker around the payment gateway, as Powertools keeps it for all functions."""

from dataclasses import dataclass
from typing import Any

from saga import rows
from saga.clock import iso
from saga.stack import Stack

CIRCUIT = "payment-gateway"
CLOSED = "CLOSED"


@dataclass(frozen=True)
class Breaker:
    """`state` is CLOSED, OPEN or HALF_OPEN; `since` is when it opened (ms since the epoch), None while it is closed.

    `failures` are the calls in a row that failed in the instance that opened it; 0 once a probe has failed.
    """

    state: str
    since: int | None
    failures: int

    @property
    def json(self) -> dict[str, Any]:
        """For programs."""
        since = None if self.since is None else iso(self.since)
        return {"circuit": CIRCUIT, "state": self.state, "since": since, "failures": self.failures}


def breaker(stack: Stack) -> Breaker:
    """The breaker as it is; closed, where nothing ever failed."""
    return _of_row(rows.row(stack, "CircuitBreakerTable", {"id": CIRCUIT}) or {})


def reset(stack: Stack) -> Breaker:
    """Closes it, and gives it as it was: without a row it is closed. The functions see that within a second."""
    before = rows.client(stack.session).delete_item(
        TableName=stack.outputs["CircuitBreakerTable"], Key=rows.wire({"id": CIRCUIT}), ReturnValues="ALL_OLD"
    )
    return _of_row(rows.plain(before.get("Attributes", {})))


def _of_row(row: rows.Item) -> Breaker:
    opened = row.get("opened_at")  # seconds
    return Breaker(row.get("state", CLOSED), None if opened is None else opened * 1000, row.get("failure_count", 0))
