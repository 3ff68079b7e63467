"""An event of a saga: a fact, the fence of the step that made it, and a message to the world, in one row.

Its key is (the saga's id, eventType), so a step that happens once has one row for ever. What can happen again is
numbered: `OrderParked#2`.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

from sagakit import clock
from sagakit.errors import UnknownSaga
from sagakit.saga import Saga, named
from sagakit.step import Outcome

ID = "orderId"  # a saga's id in rows, payloads and answers: a name older than the kit, which clients rely on
SHARDS = 16  # of a sparse index, so that no partition of it is hot
# Attributes of a row that tell who made it; they are left out where they are empty.
MADE = {"saga": "saga", "state": "state", "outcome": "outcome", "error": "error", "restsOn": "rests_on"}


@dataclass(frozen=True)
class Event:
    """What happened to a saga.

    `at` is in milliseconds since the epoch and grows with each event of a saga. `state` is the state of the definition
    that made it, empty where somebody else did; `outcome` what it says of it, `error` the name of a refusal, `rests_on`
    the events that a decision proved. Rows older than these have them empty. `repeated` says that the row was there
    before: the step had been done already.
    """

    saga_id: str
    type: str
    at: int
    detail: Mapping[str, Any] = field(default_factory=dict)
    starts_saga: bool = False
    saga: str = ""
    state: str = ""
    outcome: str = ""
    error: str = ""
    rests_on: Sequence[str] = ()
    repeated: bool = field(default=False, compare=False)

    @property
    def id(self) -> str:
        """Name of the event, and of the execution that it starts: letters, digits and hyphens only."""
        return f"{self.saga_id}-{self.type.replace('#', '-')}"

    @property
    def again(self) -> Self:
        """The same event, found on record by a step that had been done before."""
        return replace(self, repeated=True)

    @property
    def summary(self) -> dict[str, Any]:
        """What a step answers to the state machine: small, and nothing personal."""
        return {ID: self.saga_id, "event": self.type, "repeated": self.repeated}

    @property
    def kind(self) -> str:
        """Type without its number."""
        return self.type.partition("#")[0]


def to_row(event: Event) -> dict[str, Any]:
    """Give the row as the outbox stores it, not yet dispatched."""
    made = {name: value for name, attribute in MADE.items() if (value := getattr(event, attribute))}
    return {
        ID: event.saga_id,
        "eventType": event.type,
        "eventId": event.id,
        "at": event.at,
        "detail": event.detail,
        "startsSaga": event.starts_saga,
        "undispatched": shard(event.saga_id),
        **made,
    }


def of_row(row: Mapping[str, Any], *, repeated: bool = False) -> Event:
    """Read an event from its row.

    Raises:
        KeyError: it is not the row of an event.
    """
    made: dict[str, Any] = {attribute: row[name] for name, attribute in MADE.items() if name in row}
    at, starts_saga = int(row["at"]), bool(row["startsSaga"])
    return Event(row[ID], row["eventType"], at, row["detail"], starts_saga, repeated=repeated, **made)


def shard(saga_id: str) -> str:
    """Spread the sagas over the shards of a sparse index."""
    return f"u#{zlib.crc32(saga_id.encode()) % SHARDS}"


@dataclass(frozen=True)
class History:
    """All events of a saga, oldest first."""

    saga_id: str
    events: tuple[Event, ...]

    def __iter__(self) -> Iterator[Event]:
        """Go through the events, oldest first."""
        return iter(self.events)

    @property
    def start(self) -> Event:
        """The event that started the saga.

        Raises:
            UnknownSaga: there is no such saga.
        """
        if not self.events:
            raise UnknownSaga(self.saga_id)
        return self.events[0]

    @cached_property
    def saga(self) -> Saga:
        """The saga's table; UnknownSaga as for `start`."""
        return named(self.start.saga)

    def find(self, *event_types: str) -> Event | None:
        """Find the newest event of these types, if one of them has happened."""
        return next((event for event in reversed(self.events) if event.type in event_types), None)

    def count(self, kind: str) -> int:
        """Count how often something numbered has happened."""
        return sum(event.kind == kind for event in self.events)

    def next(
        self,
        event_type: str,
        outcome: Outcome,
        detail: Mapping[str, Any],
        **made: Any,  # noqa: ANN401  Event's fields
    ) -> Event:
        """Make the event that happens now, later than all in the history."""
        at = clock.after(self.events[-1].at if self.events else 0)
        return Event(self.saga_id, event_type, at, detail, saga=self.saga.name, outcome=outcome, **made)
