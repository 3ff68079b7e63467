"""Storing an order: its row and the event that starts its saga, in one transaction."""

import os

from order.domain import SAGA, Line, Order
from sagakit import clock, eventlog, guard, tables
from sagakit.dynamodb import Item
from sagakit.errors import UnknownSaga
from sagakit.event import ID, Event
from sagakit.guard import opening, setting_ms
from sagakit.saga import named
from sagakit.step import Outcome
from sagakit.transaction import Action, Rank, action, transact


class AlreadyPlaced(Exception):
    """An order with this id already exists."""

    def __init__(self, row: Item) -> None:
        super().__init__(row[ID])
        self.row = row


def read(order_id: str, kind: str = SAGA) -> Item:
    """Read the current row of an order, or of another kind of saga.

    Raises:
        UnknownSaga: it does not exist, or the row belongs to another kind.
    """
    row = guard.read(order_id)
    if row.get("saga", SAGA) != kind:
        raise UnknownSaga(order_id)
    return row


def order_of(row: Item) -> Order:
    """Return the order as it was placed, from its row."""
    lines = tuple(Line(line["productId"], line["quantity"], line["unitPrice"]) for line in row["items"])
    return Order(row["customerId"], lines, row["paymentToken"])


def place(order_id: str, order: Order, kind: str) -> None:
    """Store the order and the event that starts its saga, of this kind, both or neither.

    Raises:
        AlreadyPlaced: the id is taken; the error has the existing row.
        AlreadyRecorded: the order was placed, and its row has been erased since.
    """
    detail = {
        "items": [{"productId": line.product_id, "quantity": line.quantity} for line in order.lines],
        "totalAmount": order.total,
        **({"shards": order.shards} if order.shards else {}),
    }
    placed = started(order_id, kind, detail)
    # The order's row ranks first: if it exists, the order was placed completely.
    transact(
        [insert(_row(placed, order)), eventlog.put(placed), *[_list(line.product_id, placed) for line in order.lines]]
    )


def started(saga_id: str, kind: str, detail: Item) -> Event:
    """Return the event that starts a saga of this kind."""
    event = named(kind).started
    return Event(saga_id, event, clock.now(), detail, starts_saga=True, saga=kind, outcome=Outcome.STARTED)


def _row(placed: Event, order: Order) -> Item:
    return {
        **opening(placed, setting_ms(f"{placed.saga.upper()}_DEADLINE_SECONDS")),
        "customerId": order.customer_id,
        "items": [
            {"productId": line.product_id, "quantity": line.quantity, "unitPrice": line.unit_price}
            for line in order.lines
        ],
        "totalAmount": order.total,
        "paymentToken": order.payment_token,
    }


def _list(product_id: str, placed: Event) -> Action:
    """Return the action that lists the order under a product, for queries only: no decision reads this row."""
    row = {"productId": product_id, "line": f"{placed.at:015d}#{placed.saga_id}", ID: placed.saga_id}
    never = LookupError("a put without a condition was refused")
    return action("Put", os.environ["ORDER_LINES_TABLE"], lambda _: never, Rank.DEFECT, item=row)


def insert(row: Item) -> Action:
    """Return the action that inserts a saga's row; AlreadyPlaced if there is one."""

    def refusal(existing: Item | None) -> Exception:
        return AlreadyPlaced(existing) if existing else LookupError("the condition failed but returned no row")

    return action("Put", tables.sagas(), refusal, Rank.OWN_ROW, item=row, condition=eventlog.ABSENT)
