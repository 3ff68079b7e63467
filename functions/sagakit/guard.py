"""The guard on a saga's row: what its status allows, and the only write that changes it.

Forward steps take effect while the saga is PENDING, compensations while it is CANCELLING. The decision itself changes
the status, so a step that wakes up late has no effect.

The row's `updatedAt` is the time of the saga's newest event. Whatever records one requires that it is still the newest
event of the history that it decided by, so no two decisions rest on the same history.
"""

import os
from typing import Any

from sagakit import clock, dynamodb, tables
from sagakit.dynamodb import Item
from sagakit.errors import AlreadyConfirmed, NotCancelling, Overtaken, SagaCancelled, UnknownSaga
from sagakit.event import ID, Event, shard
from sagakit.saga import Saga, Status
from sagakit.transaction import Action, Rank, Refusal, action

# What only a saga has that has neither ended nor been parked.
OPEN = ("open", "dueAt", "deadlineAt", "started", "paused")
SOON_SECONDS = 60  # until the sweeper looks whether the execution of an event has been started
GRACE_SECONDS = 60  # after the longest execution, until the sweeper looks at the saga
LATE = {Status.PENDING: SagaCancelled, Status.CANCELLING: NotCancelling}


def require(event: Event, status: Status | None = None) -> Action:
    """Require that the saga has this status, if one is given, and that no event was recorded since `event.after`.

    Otherwise SagaCancelled for PENDING, NotCancelling for CANCELLING, or Overtaken.
    """
    return _write(event, status, {"updatedAt": event.at})


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
        "status": Status.PENDING,
        "updatedAt": start.at,
        **due(start, start.at + deadline_ms),
    }


def transition(
    event: Event,
    before: Status,
    after: Status,
    *,
    settings: Item | None = None,
    removed: tuple[str, ...] = (),
    condition: str = "",
    **values: Any,  # noqa: ANN401  any value of an item
) -> Action:
    """Return the action that changes the status, sets `settings` and drops `removed`. It is the one write that decides.

    `event` describes the change. `condition` is an additional one, with its `values`.
    """
    settings = {"status": after, "updatedAt": event.at, **(settings or {})}
    return _write(event, before, settings, removed, condition, AlreadyConfirmed, **values)


def index_entry(index: str, event: Event, value: str) -> Item:
    """Return the attribute that lists the saga under a value of an index, sharded."""
    return {index: f"{value}#{shard(event.saga_id)}"}


def due(event: Event, deadline: int) -> Item:
    """Return the attributes that let the sweeper find the saga if the execution of `event` has not been started soon.

    The `deadline` ends the waiting: a saga that is PENDING by then is cancelled, one that is CANCELLING is parked.
    Times to wait are counted from now: the event's own time is later if an earlier writer's clock was ahead.
    """
    soon = clock.now() + SOON_SECONDS * 1000
    return {"open": shard(event.saga_id), "dueAt": min(soon, deadline), "deadlineAt": deadline}


def execution_ends(saga: Saga, started: int) -> int:
    """Return when an execution must have ended."""
    return started + (saga.execution_seconds + GRACE_SECONDS) * 1000


def reschedule(row: Item, at: int, **settings: Any) -> bool:  # noqa: ANN401  any value of an item
    """Let the sweeper look at the saga at this time, and set `settings`; False if it changed after its row was read."""
    change = "SET " + ", ".join(f"#{name} = :{name}" for name in ("dueAt", *settings))
    values = {"dueAt": min(at, deadline(row)), "status": row["status"], "seen": row["dueAt"], **settings}
    try:
        dynamodb.change(tables.sagas(), {ID: row[ID]}, change, "#status = :status AND #dueAt = :seen", **values)
    except dynamodb.client.exceptions.ConditionalCheckFailedException:
        return False
    return True


def patience_ends(since: int) -> int:
    """Return when a saga is parked whose compensations have been failing since then."""
    return since + setting_ms("COMPENSATION_PATIENCE_SECONDS")


def deadline(row: Item) -> int:
    """Return when the waiting of an open saga ends; rows written before deadlines were on them get the longest one."""
    return int(row.get("deadlineAt", patience_ends(row["updatedAt"])))


def is_open(row: Item) -> bool:
    """Return whether the saga has neither ended nor been parked."""
    return row["status"] in LATE and "parked" not in row


def is_paused(row: Item) -> bool:
    """Return whether the saga waits for its next attempt."""
    return "nextAttemptAt" in row.get("paused", {})


def setting_ms(setting: str) -> int:
    """Read a setting that is in seconds, in milliseconds."""
    return int(os.environ[setting]) * 1000


def _write(
    event: Event,
    status: Status | None,
    settings: Item,
    removed: tuple[str, ...] = (),
    condition: str = "",
    confirmed: type[Exception] = SagaCancelled,
    **values: Any,  # noqa: ANN401  any value of an item
) -> Action:
    change = "SET " + ", ".join(f"#{name} = :{name}" for name in settings)
    if removed:
        change += " REMOVE " + ", ".join(f"#{name}" for name in removed)
    if status:
        condition, values = f" AND #status = :before{condition}", {"before": status, **values}
    return action(
        "Update",
        tables.sagas(),
        _refusing(event, status, confirmed),
        Rank.STATUS,
        key={ID: event.saga_id},
        update=change,
        condition=f"#updatedAt <= :after{condition}",
        after=event.after,
        **settings,
        **values,
    )


def _refusing(event: Event, status: Status | None, confirmed: type[Exception]) -> Refusal:
    """Return the error to raise if the saga lacks this status, or another event was recorded, or a condition failed."""

    def refusal(row: Item | None) -> Exception:
        if row is None:
            return UnknownSaga(event.saga_id)
        if status is None or (row["status"] == status and row["updatedAt"] > event.after):
            return Overtaken("another event was recorded meanwhile")
        late = confirmed if row["status"] == Status.CONFIRMED and status == Status.PENDING else LATE[status]
        return late(f"the saga is {row['status']}")

    return refusal
