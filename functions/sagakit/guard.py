"""A saga's row, its decision record: what its status allows, and the one write that moves it.

Forward steps take effect while the saga is PENDING, compensations while it is CANCELLING. The decision itself moves the
status, so a step that wakes up late has no effect. What a step records, it records at a time after that decision.
"""

import os
from typing import Any

from sagakit import dynamodb, tables
from sagakit.dynamodb import Item
from sagakit.errors import AlreadyConfirmed, NotCancelling, SagaCancelled, TransientError, UnknownSaga
from sagakit.event import ID, Event, shard
from sagakit.saga import Status
from sagakit.transaction import Action, Rank, Refusal, action

OPEN = ("open", "dueAt")  # the sparse index of sagas that are neither ended nor parked
LATE = {Status.PENDING: SagaCancelled, Status.CANCELLING: NotCancelling}


def require(event: Event, status: Status) -> Action:
    """Check that the saga has this status; else SagaCancelled for PENDING, NotCancelling for CANCELLING.

    TransientError, if that was decided after the event's time: the step read the history before.
    """
    condition, asked = "#status = :status AND #updatedAt < :at", {"status": status, "at": event.at}
    refusal = _refusing(event, status)
    return action(
        "ConditionCheck", tables.sagas(), refusal, Rank.STATUS, key={ID: event.saga_id}, condition=condition, **asked
    )


def read(saga_id: str) -> Item:
    """Read the saga's row as it is now.

    Raises:
        UnknownSaga: there is none.
    """
    row = dynamodb.get(tables.sagas(), {ID: saga_id})
    if row is None:
        raise UnknownSaga(saga_id)
    return row


def read_if(saga_id: str, status: Status) -> Item:
    """Read the saga's row before something is done outside, where no transaction can check it.

    Raises:
        SagaCancelled, NotCancelling: it has another status than PENDING, or than CANCELLING.
    """
    row = read(saga_id)
    if row["status"] != status:
        raise LATE[status](f"the saga is {row['status']}")
    return row


def opening(start: Event, deadline_ms: int) -> Item:
    """Give what the row of a new saga says, besides what its owner adds."""
    return {
        ID: start.saga_id,
        "saga": start.saga,
        "createdAt": start.at,
        "shard": shard(start.saga_id),
        **_standing(start, Status.PENDING),
        **due(start, deadline_ms),
    }


def transition(
    event: Event,
    before: Status,
    after: Status,
    *,
    settings: Item | None = None,
    removed: tuple[str, ...] = (),
    condition: str = "",
) -> Action:
    """Move the status, the one write that decides, and with it what `settings` and `removed` say.

    `event` tells of it, and later than of all that was decided before. `condition` is added.
    """
    settings = {**_standing(event, after), **(settings or {})}
    change = "SET " + ", ".join(f"#{name} = :{name}" for name in settings)
    if removed:
        change += " REMOVE " + ", ".join(f"#{name}" for name in removed)
    return action(
        "Update",
        tables.sagas(),
        _refusing(event, before, confirmed=AlreadyConfirmed),
        Rank.STATUS,
        key={ID: event.saga_id},
        update=change,
        condition=f"#status = :before AND #updatedAt < :updatedAt{condition}",
        before=before,
        **settings,
    )


def index_entry(index: str, event: Event, value: str) -> Item:
    """Give the attribute by which an index lists the saga under a value, spread over the shards."""
    return {index: f"{value}#{shard(event.saga_id)}"}


def due(event: Event, milliseconds: int) -> Item:
    """Give the attributes by which the sweeper finds the saga when it takes longer than that."""
    return {"open": shard(event.saga_id), "dueAt": event.at + milliseconds}


def setting_ms(setting: str) -> int:
    """Read a setting in seconds from the environment."""
    return int(os.environ[setting]) * 1000


def _standing(event: Event, status: Status) -> dict[str, Any]:
    return {"status": status, **index_entry("byStatus", event, status), "updatedAt": event.at}


def _refusing(event: Event, status: Status, confirmed: type[Exception] = SagaCancelled) -> Refusal:
    """Say what it means that a saga's row did not have this status at the event's time, or not what was added to it."""

    def refusal(row: Item | None) -> Exception:
        if row is None:
            return UnknownSaga(event.saga_id)
        if row["status"] == status and row["updatedAt"] >= event.at:
            return TransientError("it was decided just now")
        late = confirmed if row["status"] == Status.CONFIRMED and status == Status.PENDING else LATE[status]
        return late(f"the saga is {row['status']}")

    return refusal
