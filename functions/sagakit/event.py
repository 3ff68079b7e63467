"""An event of a saga. One row is a fact, the fence of the step that recorded it, and a message to publish.

The key is (saga id, eventType), so a step that happens once has one row for ever. Events that can recur are numbered:
`OrderParked#2`.
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

ID = "orderId"  # a saga's id in rows, payloads and responses: older than the kit, and clients rely on it
SHARDS = 16  # of a sparse index, so that no partition of it is hot
SHARD_KEYS = tuple(f"u#{n}" for n in range(SHARDS))
# Attributes that say who recorded an event, and the fields they come from. A row omits those that are empty.
PROVENANCE = {"saga": "saga", "state": "state", "outcome": "outcome", "error": "error", "restsOn": "rests_on"}


@dataclass(frozen=True)
class Event:
    """What happened to a saga.

    `at` is in milliseconds since the epoch and increases with each event of a saga. `after` is that of its predecessor,
    the newest event that was known when this one was created. `state` is the state of the definition that recorded the
    event, if a state did. `outcome` is the result, `error` the name of a refusal, and
    `rests_on` lists the events that a decision proved. Rows written before these fields existed leave them empty.
    `repeated` is true if the row existed before: the step had already run.
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
    after: int = field(default=0, compare=False)
    repeated: bool = field(default=False, compare=False)

    @property
    def id(self) -> str:
        """The event's id, which also names the execution that it starts: letters, digits and hyphens only."""
        return f"{self.saga_id}-{self.type.replace('#', '-')}"

    @property
    def as_repeated(self) -> Self:
        """The same event, found on record by a step that had already run."""
        return replace(self, repeated=True)

    @property
    def summary(self) -> dict[str, Any]:
        """What a step returns to the state machine: short, and without personal data."""
        return {ID: self.saga_id, "event": self.type, "repeated": self.repeated}

    @property
    def public(self) -> dict[str, Any]:
        """The detail without what is for operators and steps, and without what a customer or an operator wrote."""
        hidden = {"cause", "text", "shards", "takenFrom", *(["reason"] if self.outcome == Outcome.RESUMED else [])}
        return {name: value for name, value in self.detail.items() if name not in hidden}

    @property
    def kind(self) -> str:
        """The type without its number."""
        return self.type.partition("#")[0]


def to_row(event: Event) -> dict[str, Any]:
    """Return the event as a row of the outbox."""
    provenance = {name: value for name, attribute in PROVENANCE.items() if (value := getattr(event, attribute))}
    return {
        ID: event.saga_id,
        "eventType": event.type,
        "eventId": event.id,
        "at": event.at,
        "detail": event.detail,
        "startsSaga": event.starts_saga,
        **({"after": event.after} if event.after else {}),
        **provenance,
    }


def from_row(row: Mapping[str, Any], *, repeated: bool = False) -> Event:
    """Read an event from its row.

    Raises:
        KeyError: the row is not an event.
    """
    fields: dict[str, Any] = {attribute: row[name] for name, attribute in PROVENANCE.items() if name in row}
    at, starts_saga = int(row["at"]), bool(row["startsSaga"])
    fields["after"] = int(row.get("after", 0))
    return Event(row[ID], row["eventType"], at, row["detail"], starts_saga, repeated=repeated, **fields)


def shard(saga_id: str) -> str:
    """Return the saga's shard of a sparse index."""
    return f"u#{zlib.crc32(saga_id.encode()) % SHARDS}"


@dataclass(frozen=True)
class History:
    """All events of a saga, oldest first."""

    saga_id: str
    events: tuple[Event, ...]

    def __iter__(self) -> Iterator[Event]:
        """Iterate over the events, oldest first."""
        return iter(self.events)

    @property
    def is_whole(self) -> bool:
        """Whether no event is missing between two others, as far as they name their predecessors."""
        times = {0, *(event.at for event in self.events)}
        return all(event.after in times for event in self.events)

    @property
    def start(self) -> Event:
        """The event that started the saga.

        Raises:
            UnknownSaga: the saga does not exist.
        """
        if not self.events:
            raise UnknownSaga(self.saga_id)
        return self.events[0]

    @property
    def last_start(self) -> Event:
        """The newest event that starts an execution, or sends the first message."""
        return next(event for event in reversed(self.events) if event.starts_saga)

    @cached_property
    def saga(self) -> Saga:
        """The saga's declaration; raises UnknownSaga as `start` does."""
        return named(self.start.saga)

    def including(self, event: Event) -> "History":
        """Return the history with an event that was recorded since it was read, or has been in it before."""
        return self if event in self.events else History(self.saga_id, (*self.events, event))

    def find(self, *event_types: str) -> Event | None:
        """Return the newest event of these types, or None."""
        return next((event for event in reversed(self.events) if event.type in event_types), None)

    def count(self, kind: str) -> int:
        """Count the events of a numbered kind."""
        return sum(event.kind == kind for event in self.events)

    def numbered(self, pattern: str, outcome: Outcome, detail: Mapping[str, Any], **fields: Any) -> Event:  # noqa: ANN401
        """Create the next event of a kind that can recur, named after the saga."""
        kind = self.saga.name_for(pattern)
        return self.next(f"{kind}#{self.count(kind) + 1}", outcome, detail, **fields)

    def next(
        self,
        event_type: str,
        outcome: Outcome,
        detail: Mapping[str, Any],
        **fields: Any,  # noqa: ANN401  of Event
    ) -> Event:
        """Create an event that happens now, later than every event of the history."""
        after = self.events[-1].at if self.events else 0
        name, at = self.saga.name, clock.after(after)
        return Event(self.saga_id, event_type, at, detail, saga=name, outcome=outcome, after=after, **fields)
