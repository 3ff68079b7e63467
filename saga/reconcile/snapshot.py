"""Everything on record about each order, gathered from the rows of all tables."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from saga.stack.kinds import RETURN, kind_of
from saga.stack.legacy import complete
from saga.stack.payments import payment_of

type Item = Mapping[str, Any]
type Tables = Mapping[str, Sequence[Item]]

_WHOLE = "whole"  # what the gateway's books call the refund of everything, which is no return's


@dataclass(frozen=True)
class OrderSnapshot:
    """One order, or one of another saga. Fields are None if their table is missing; `events` are in order.

    `payment` is what the events tell. An order has its `returns`, and a return has its `order`, unless that is missing.
    """

    row: Item
    events: list[Item]
    payment: Item | None
    intents: list[Item] | None
    products: set[str] | None
    returns: tuple["OrderSnapshot", ...] = ()
    order: "OrderSnapshot | None" = None

    @property
    def order_id(self) -> str:
        """ID of the order, or of the other saga."""
        return str(self.row["orderId"])

    @property
    def status(self) -> str:
        """Status of the row, which is not PARKED."""
        return str(self.row["status"])

    @property
    def kind(self) -> str:
        """The saga's name. Other sagas have rows in the same table."""
        return kind_of(self.row)

    @property
    def parts(self) -> dict[str, int]:
        """What the gateway has refunded for each return."""
        parts = (part for intent in self.intents or () for part in intent.get("parts", {}).items())
        return {name: part for name, part in parts if name != _WHOLE}

    def events_with(self, *outcomes: str) -> list[Item]:
        """Return the events with one of these outcomes."""
        return [event for event in self.events if event.get("outcome") in outcomes]

    @cached_property
    def held(self) -> Counter[str]:
        """The pieces of each product that events have reserved and not released; negative if a return put them back."""
        return held_after(self.events)


def held_after(events: Iterable[Item]) -> Counter[str]:
    """Return the pieces of each product that these events have reserved and neither released nor put back."""
    held = Counter[str]()
    for event in events:
        back = event.get("saga") == RETURN
        sign = {"done": -1 if back else 1, "undone": -1}.get(event.get("outcome", ""), 0)
        for line in event["detail"].get("items", ()) if sign else ():
            held[line["productId"]] += sign * line["quantity"]
    return held


def snapshots(tables: Tables) -> Iterator[OrderSnapshot]:
    """Yield a snapshot for each row of the orders table."""
    events, products = defaultdict[str, list[Item]](list), defaultdict[str, set[str]](set)
    for event in sorted(tables["EVENTS"], key=lambda row: (row["at"], row["eventType"])):
        events[event["orderId"]].append(complete(event))
    intents = _intents_by_order(tables["GATEWAY_LEDGER"]) if "GATEWAY_LEDGER" in tables else None
    for line in tables.get("ORDER_LINES", ()):
        products[line["orderId"]].add(line["productId"])
    found = list[OrderSnapshot]()
    for order in tables["SAGAS"]:
        order_id = order["orderId"]
        created = None if intents is None else intents[order_id]
        listed = products[order_id] if "ORDER_LINES" in tables else None
        found.append(OrderSnapshot(order, events[order_id], payment_of(events[order_id]), created, listed))
    yield from _related(found)


def _related(found: Sequence[OrderSnapshot]) -> Iterator[OrderSnapshot]:
    """Yield the snapshots, orders with their returns and returns with their orders."""
    orders, returns = {each.order_id: each for each in found}, defaultdict[str, list[OrderSnapshot]](list)
    for each in found:
        if each.kind == RETURN:
            returns[each.row["returnOf"]].append(each)
    for each in found:
        order = orders.get(each.row["returnOf"]) if each.kind == RETURN else None
        yield replace(each, returns=tuple(returns[each.order_id]), order=order)


def _intents_by_order(ledger: Sequence[Item]) -> defaultdict[str, list[Item]]:
    by_id = {row["id"]: row for row in ledger}
    by_order = defaultdict[str, list[Item]](list)
    for key in (row for row in ledger if row.get("intentId") in by_id):
        by_order[key["id"].removeprefix("key#").removesuffix("-create")].append(by_id[key["intentId"]])
    return by_order
