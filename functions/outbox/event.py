"""An event of an order: a fact, the fence of the step that made it, and a message to the world, in one row.

Its key is (orderId, eventType), so a step that happens once has one row for ever. What can happen again is numbered:
`OrderParked#2`.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from shared.errors import UnknownOrder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SHARDS = 16  # of the index of undispatched events, so that no partition of it is hot


@dataclass(frozen=True)
class Event:
    """What happened to an order.

    `at` is in milliseconds since the epoch and grows with each event of an order. `repeated` says that the row was
    there before: the step had been done already.
    """

    order_id: str
    type: str
    at: int
    detail: Mapping[str, Any] = field(default_factory=dict)
    starts_saga: bool = False
    repeated: bool = field(default=False, compare=False)

    @property
    def id(self) -> str:
        """Name of the event, and of the execution that it starts: letters, digits and hyphens only."""
        return f"{self.order_id}-{self.type.replace('#', '-')}"

    @property
    def again(self) -> Event:
        """The same event, found on record by a step that had been done before."""
        return replace(self, repeated=True)

    @property
    def summary(self) -> dict[str, Any]:
        """What a step answers to the state machine: small, and nothing personal."""
        return {"orderId": self.order_id, "event": self.type, "repeated": self.repeated}

    @property
    def kind(self) -> str:
        """Type without its number."""
        return self.type.partition("#")[0]


def to_row(event: Event) -> dict[str, Any]:
    """Give the row as the outbox stores it, not yet dispatched."""
    return {
        "orderId": event.order_id,
        "eventType": event.type,
        "eventId": event.id,
        "at": event.at,
        "detail": event.detail,
        "startsSaga": event.starts_saga,
        "undispatched": shard(event.order_id),
    }


def of_row(row: Mapping[str, Any], *, repeated: bool = False) -> Event:
    """Read an event from its row.

    Raises:
        KeyError: it is not the row of an event.
    """
    return Event(row["orderId"], row["eventType"], int(row["at"]), row["detail"], bool(row["startsSaga"]), repeated)


def shard(order_id: str) -> str:
    """Spread the orders over the shards of a sparse index."""
    return f"u#{zlib.crc32(order_id.encode()) % SHARDS}"


@dataclass(frozen=True)
class History:
    """All events of an order, oldest first."""

    events: tuple[Event, ...]

    def __iter__(self) -> Iterator[Event]:
        """Go through the events, oldest first."""
        return iter(self.events)

    def __getitem__(self, event_type: str) -> Event:
        """Give the event of this type.

        Raises:
            UnknownOrder: it has not happened; for OrderPlaced, there is no such order.
        """
        if event := self.find(event_type):
            return event
        raise UnknownOrder(f"no {event_type} on record")

    def find(self, event_type: str) -> Event | None:
        """Find the event of this type, if it has happened."""
        return next((event for event in self.events if event.type == event_type), None)

    def count(self, kind: str) -> int:
        """Count how often something numbered has happened."""
        return sum(event.kind == kind for event in self.events)

    @property
    def last_at(self) -> int:
        """Time of the newest event; 0 before the first."""
        return self.events[-1].at if self.events else 0
