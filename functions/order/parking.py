"""Parking an order of which something is not undone, where an operator sees it; and resuming it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from order.domain import COMPENSATIONS, PARKED, RESUMED, not_undone
from order.row import decide, listed, milliseconds
from outbox import store as outbox
from outbox.event import Event, shard
from shared import clock, door
from shared.observability import count

if TYPE_CHECKING:
    from outbox.event import History
    from shared.dynamodb import Item


def park(order: Item, history: History, failures: Item) -> None:
    """Mark the order row, as often as it takes: an order resumed may be parked again."""
    if "parked" in order:
        return
    events = [event.type for event in history]
    detail = {
        "notUndone": not_undone(events),
        "undone": [each for each in COMPENSATIONS if each in events],
        "failures": failures,
    }
    number = history.count(PARKED) + 1
    parked = Event(order["orderId"], f"{PARKED}#{number}", clock.after(history.last_at), detail)
    recorded = outbox.record(
        parked,
        decide(
            parked,
            door.CANCELLING,
            door.CANCELLING,
            settings={"parked": {"at": parked.at, **detail}, **listed("byStatus", parked.order_id, "PARKED")},
            removed=("open", "dueAt"),
        ),
    )
    if not recorded.repeated:
        count("OrdersParked")


def resume(order: Item, history: History, why: Item) -> Event:
    """Take the order out of the car park and start its compensations again, as a new execution.

    Raises:
        OrderNotCancelling: it is not parked, or not any more.
    """
    return _restart(order, history, why, recoveries=0, condition=" AND attribute_exists(#parked)")


def recover(order: Item, history: History, why: Item) -> Event:
    """Start the compensations again, as a new execution, because the last one died; counted on the order row.

    Raises:
        OrderNotCancelling: it is parked, or has ended.
    """
    recoveries = order.get("recoveries", 0) + 1
    return _restart(order, history, why, recoveries=recoveries, condition=" AND attribute_not_exists(#parked)")


def _restart(order: Item, history: History, why: Item, *, recoveries: int, condition: str) -> Event:
    """Number the new execution by a counter on the order row: one that died must not take the name of the next."""
    number = order.get("resumes", 0) + 1
    resumed = Event(order["orderId"], f"{RESUMED}#{number}", clock.after(history.last_at), why, starts_saga=True)
    return outbox.record(
        resumed,
        decide(
            resumed,
            door.CANCELLING,
            door.CANCELLING,
            settings={
                "resumes": number,
                "recoveries": recoveries,
                "resumedAt": resumed.at,
                "open": shard(resumed.order_id),
                "dueAt": resumed.at + milliseconds("COMPENSATION_DEADLINE_SECONDS"),
            },
            removed=("parked",),
            condition=condition,
        ),
    )
