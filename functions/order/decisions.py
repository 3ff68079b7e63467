"""The decisions on an order: the pivot, the cancellation, and the end of a cancelled order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from order.domain import CANCELLING, COMPENSATIONS, CONFIRMED, FAILED, STEPS, THROUGH_THE_DOOR, Reason
from order.parking import park
from order.row import decide, listed, milliseconds
from outbox import store as outbox
from outbox.event import Event
from shared import clock, door
from shared.errors import CompensationIncomplete

if TYPE_CHECKING:
    from shared.dynamodb import Item


class NotUndone(Exception):
    """A compensation is not on record."""


class Overtaken(Exception):
    """A step went through the door after the history was read."""


def confirm(order_id: str) -> Event:
    """Pass the pivot: PENDING → CONFIRMED, if every step is on record.

    Raises:
        OrderCancelled: the cancellation won.
    """
    history = outbox.history(order_id)
    confirmed = Event(order_id, CONFIRMED, clock.after(history.last_at))
    return outbox.record(
        confirmed,
        decide(confirmed, door.PENDING, door.CONFIRMED, removed=("open", "dueAt")),
        *[outbox.present(order_id, step, LookupError(f"no {step} on record"), before=confirmed.at) for step in STEPS],
    )


def cancel(order_id: str, why: Reason, *, starts_saga: bool = False) -> Event:
    """Close the door: PENDING → CANCELLING. Done before, the first reason stands.

    Raises:
        OrderAlreadyConfirmed: the pivot was passed.
    """
    while True:  # as often as a step goes through the door meanwhile: each does so once
        try:
            return _cancel(order_id, why, starts_saga=starts_saga)
        except Overtaken:
            continue


def _cancel(order_id: str, why: Reason, *, starts_saga: bool) -> Event:
    history = outbox.history(order_id)
    now = clock.after(history.last_at)
    detail = {"reason": why.code, "cause": why.cause}
    cancelling = Event(order_id, CANCELLING, now, detail, starts_saga)
    unseen = [step for step in THROUGH_THE_DOOR if not history.find(step)]
    return outbox.record(
        cancelling,
        decide(
            cancelling,
            door.PENDING,
            door.CANCELLING,
            settings={
                "reason": detail,
                **listed("byReason", order_id, why.code),
                "dueAt": now + milliseconds("COMPENSATION_DEADLINE_SECONDS"),
            },
        ),
        *[outbox.absent(order_id, step, Overtaken(step)) for step in unseen],
    )


def fail(order_id: str, failures: Item) -> Event:
    """End a cancelled order: CANCELLING → FAILED, if every compensation is on record; else park it.

    Raises:
        CompensationIncomplete: something is not undone; the order is parked.
        OrderNotCancelling: nobody decided to cancel the order.
    """
    history = outbox.history(order_id)
    order = door.read(order_id)
    failed = Event(order_id, FAILED, clock.after(history.last_at), order.get("reason", {}))
    try:
        return outbox.record(
            failed,
            decide(failed, door.CANCELLING, door.FAILED, removed=("open", "dueAt", "parked")),
            *[outbox.present(order_id, undone, NotUndone(undone), before=failed.at) for undone in COMPENSATIONS],
        )
    except NotUndone as missing:
        park(order, history, failures)
        raise CompensationIncomplete(f"no {missing} on record") from missing
