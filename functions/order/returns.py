"""Accepting the return of some items of a confirmed order.

Each return is a saga of its own, which only goes forward. In one transaction it is placed, and the order records that
it accepted its nth return. So of two concurrent returns one has to count again, and no piece is returned twice.
"""

import uuid
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from order import store
from order.domain import RETURN
from order.ids import derived
from order.money import to_number
from order.problems import Problem, erased, key_reused
from order.request import invalid
from order.store import AlreadyPlaced
from order.views import iso, progress
from sagakit import eventlog
from sagakit.dynamodb import Item
from sagakit.errors import TransientError, UnknownSaga
from sagakit.event import ID, Event, History
from sagakit.eventlog import AlreadyRecorded
from sagakit.guard import opening, setting_ms
from sagakit.saga import Status
from sagakit.step import Outcome
from sagakit.transaction import transact

AT_MOST = 100  # returns of one order, so that its history and the list of its returns stay short

type Quantities = Mapping[str, int]  # by product


class Overtaken(Exception):
    """Another return of the order was accepted after its history was read."""


def accept(order_id: str, items: Quantities, text: str, key: str | None) -> tuple[Item, bool]:
    """Accept the return of items; return its row, and whether its key was used before.

    Raises:
        Problem: 409, the order is not confirmed, or has too few of the items left; 422, it never had them, or the key
            was used for another return; 410, the return of this key was erased.
        TransientError: other returns of the order were accepted all the time.
        UnknownSaga: there is no such order.
    """
    return_id = derived(order_id, "POST returns", key or str(uuid.uuid4()))
    for _ in range(AT_MOST):
        with suppress(Overtaken):
            return _accept(return_id, store.read(order_id), items, text)
    raise TransientError("one return after the other was accepted meanwhile")


def accepted(order_id: str) -> list[Item]:
    """Return the rows of the order's returns, oldest first."""
    store.read(order_id)
    found = (_read(event.detail["returnId"]) for event in _returns(eventlog.history(order_id)))
    return [row for row in found if row]


def return_view(row: Item) -> dict[str, Any]:
    """Return the client's view of a return."""
    text = {"reason": row["text"]} if "text" in row else {}
    return {
        "returnId": row[ID],
        "status": row["status"],
        "items": row["items"],
        "refundAmount": to_number(row["refundAmount"]),
        "createdAt": iso(row["createdAt"]),
        "updatedAt": iso(row["updatedAt"]),
        **text,
        **progress(row),
    }


def _accept(return_id: str, order: Item, items: Quantities, text: str) -> tuple[Item, bool]:
    asked = {
        "returnOf": order[ID],
        "items": [{"productId": product, "quantity": items[product]} for product in sorted(items)],
        **({"text": text} if text else {}),
    }
    history = eventlog.history(order[ID])  # before the row: a twin that places it later is not in this history
    if row := _read(return_id):
        return _replayed(row, asked)
    if any(event.detail["returnId"] == return_id for event in _returns(history)):
        raise erased()
    _require_left(order, history, items)
    asked["refundAmount"] = sum(line["unitPrice"] * items.get(line["productId"], 0) for line in order["items"])
    started = store.started(return_id, RETURN, asked)
    row = {**opening(started, setting_ms("COMPENSATION_PATIENCE_SECONDS")), **asked}
    recorded = history.numbered("{}ReturnAccepted", Outcome.RETURNING, _recorded(return_id, asked))
    try:
        transact([store.insert(row), eventlog.put(started), eventlog.put(recorded)])
    except AlreadyPlaced as earlier:
        return _replayed(earlier.row, asked)
    except AlreadyRecorded:
        raise Overtaken from None
    return row, False


def _read(return_id: str) -> Item | None:
    """Read the return's row, or None if there is none or it was erased."""
    try:
        return store.read(return_id, RETURN)
    except UnknownSaga:
        return None


def _replayed(row: Item, asked: Item) -> tuple[Item, bool]:
    if any(row.get(name) != asked.get(name) for name in ("returnOf", "items", "text")):
        raise key_reused()
    return row, True


def _recorded(return_id: str, asked: Item) -> Item:
    """Return the detail of the order's event."""
    return {"returnId": return_id, "items": asked["items"], "refundAmount": asked["refundAmount"]}


def _require_left(order: Item, history: History, items: Quantities) -> None:
    """Require that the order is confirmed, which it then is for ever, and still has these items."""
    bought = {line["productId"]: line["quantity"] for line in order["items"]}
    if items.keys() - bought:
        raise invalid("return", {"items": f"the order has only {', '.join(sorted(bought))}"})
    if order["status"] != Status.CONFIRMED:
        raise _not_confirmed(order["status"])
    returns = _returns(history)
    for each in returns:
        for line in each.detail["items"]:
            bought[line["productId"]] -= line["quantity"]
    if short := [f"{bought[product]} {product}" for product in items if items[product] > bought[product]]:
        raise Problem(409, "The order does not have that many items left to return", f"It has {', '.join(short)}.")
    if len(returns) == AT_MOST:
        raise Problem(409, "The order has too many returns", f"It may have {AT_MOST}.")


def _returns(history: History) -> list[Event]:
    return [event for event in history if event.outcome == Outcome.RETURNING]


def _not_confirmed(status: str) -> Problem:
    return Problem(409, "The order is not confirmed", f"Only a confirmed order can be returned; this one is {status}.")
