"""The guard on a saga's row: what its status allows, and the only write that changes it.

Forward steps take effect while the saga is PENDING, compensations while it is CANCELLING. The decision itself changes
the status, so a step that wakes up late has no effect. Whatever a step records is later than that decision.
"""

import os
from typing import Any

from sagakit import dynamodb, tables
from sagakit.dynamodb import Item
from sagakit.errors import AlreadyConfirmed, NotCancelling, SagaCancelled, TransientError, UnknownSaga
from sagakit.event import ID, Event, shard
from sagakit.saga import Status
from sagakit.transaction import Action, Rank, Refusal, action

OPEN = ("open", "dueAt")  # the sparse index of sagas that have neither ended nor been parked
LATE = {Status.PENDING: SagaCancelled, Status.CANCELLING: NotCancelling}


def require(event: Event, status: Status) -> Action:
    """Require that the saga has this status; otherwise SagaCancelled for PENDING, NotCancelling for CANCELLING.

    A status that was decided after the event's time is a TransientError: the step acted on a stale history.
    """
    table, key, refusal = tables.sagas(), {ID: event.saga_id}, _refusing(event, status)
    when = "#status = :status AND #updatedAt < :at"
    return action("ConditionCheck", table, refusal, Rank.STATUS, key=key, condition=when, status=status, at=event.at)


def read(saga_id: str) -> Item:
    """Read the saga's current row.

    Raises:
        UnknownSaga: the saga does not exist.
    """
    row = dynamodb.get(tables.sagas(), {ID: saga_id})
    if row is None:
        raise UnknownSaga(saga_id)
    return row


def read_if(saga_id: str, status: Status) -> Item:
    """Read the saga's row before an external effect, which no transaction can guard.

    Raises:
        SagaCancelled: PENDING is required and the saga has another status.
        NotCancelling: CANCELLING is required and the saga has another status.
        UnknownSaga: the saga does not exist.
    """
    row = read(saga_id)
    if row["status"] != status:
        raise LATE[status](f"the saga is {row['status']}")
    return row


def opening(start: Event, deadline_ms: int) -> Item:
    """Return the attributes of a new saga's row; its owner may add others."""
    return {
        ID: start.saga_id,
        "saga": start.saga,
        "createdAt": start.at,
        "shard": shard(start.saga_id),
        **_status(start, Status.PENDING),
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
    """Return the action that changes the status, sets `settings` and drops `removed`. It is the one write that decides.

    `event` describes the change and must be later than every earlier decision. `condition` is an additional one.
    """
    settings = {**_status(event, after), **(settings or {})}
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
    """Return the attribute that lists the saga under a value of an index, sharded."""
    return {index: f"{value}#{shard(event.saga_id)}"}


def due(event: Event, milliseconds: int) -> Item:
    """Return the attributes that let the sweeper find the saga once this time has passed."""
    return {"open": shard(event.saga_id), "dueAt": event.at + milliseconds}


def setting_ms(setting: str) -> int:
    """Read a setting that is in seconds, in milliseconds."""
    return int(os.environ[setting]) * 1000


def _status(event: Event, status: Status) -> dict[str, Any]:
    return {"status": status, **index_entry("byStatus", event, status), "updatedAt": event.at}


def _refusing(event: Event, status: Status, confirmed: type[Exception] = SagaCancelled) -> Refusal:
    """Return the error to raise if the saga lacked this status at the event's time, or an added condition failed."""

    def refusal(row: Item | None) -> Exception:
        if row is None:
            return UnknownSaga(event.saga_id)
        if row["status"] == status and row["updatedAt"] >= event.at:
            return TransientError("it was decided just now")
        late = confirmed if row["status"] == Status.CONFIRMED and status == Status.PENDING else LATE[status]
        return late(f"the saga is {row['status']}")

    return refusal
