"""The circuit breaker in front of the payment gateway. Powertools keeps one state for all functions."""

from dataclasses import dataclass
from typing import Any, Self

from saga.stack import tables
from saga.stack.stack import Stack
from saga.text.times import optional_iso

CIRCUIT = "payment-gateway"
CLOSED = "CLOSED"


@dataclass(frozen=True)
class Breaker:
    """`state` is CLOSED, OPEN or HALF_OPEN; `since` is when it opened (ms since the epoch), None while it is closed.

    `failures` is the number of calls in a row that failed before it opened; 0 once a probe has failed.
    """

    state: str
    since: int | None
    failures: int

    @classmethod
    def from_row(cls, row: tables.Item) -> Self:
        """Read the row; without one, the circuit is closed."""
        opened = row.get("opened_at")  # seconds
        return cls(row.get("state", CLOSED), None if opened is None else opened * 1000, row.get("failure_count", 0))

    @property
    def json(self) -> dict[str, Any]:
        """The breaker for programs."""
        return {"circuit": CIRCUIT, "state": self.state, "since": optional_iso(self.since), "failures": self.failures}


def breaker(stack: Stack) -> Breaker:
    """Return the breaker's current state."""
    return Breaker.from_row(tables.row(stack, "CircuitBreakerTable", {"id": CIRCUIT}) or {})


def reset(stack: Stack) -> Breaker:
    """Close the circuit and return its previous state. The functions notice within a second."""
    deleted = tables.client(stack.session).delete_item(
        TableName=stack.outputs["CircuitBreakerTable"], Key=tables.wire({"id": CIRCUIT}), ReturnValues="ALL_OLD"
    )
    return Breaker.from_row(tables.plain(deleted.get("Attributes", {})))
