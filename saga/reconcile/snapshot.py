"""Everything on record about each order, gathered from the rows of all tables."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from saga.stack.legacy import ORDER, attributes

type Item = Mapping[str, Any]
type Tables = Mapping[str, Sequence[Item]]


@dataclass(frozen=True)
class OrderSnapshot:
    """One order, or one of another saga. Fields are None if their table is missing; `events` are in order."""

    row: Item
    events: list[Item]
    payment: Item | None
    intents: list[Item] | None
    products: set[str] | None

    @property
    def status(self) -> str:
        """Status of the row, which is not PARKED."""
        return str(self.row["status"])

    @property
    def is_order(self) -> bool:
        """Whether this is an order. Other sagas have rows in the same table."""
        return bool(self.row.get("saga", ORDER) == ORDER)

    def events_with(self, *outcomes: str) -> list[Item]:
        """Return the events with one of these outcomes."""
        return [event for event in self.events if event.get("outcome") in outcomes]

    @cached_property
    def held(self) -> Counter[str]:
        """The pieces of each product that events have reserved and not released."""
        return held_after(self.events)


def held_after(events: Iterable[Item]) -> Counter[str]:
    """Return the pieces of each product that these events have reserved and not released."""
    held = Counter[str]()
    for event in events:
        sign = {"done": 1, "undone": -1}.get(event.get("outcome", ""), 0)
        for line in event["detail"].get("items", ()) if sign else ():
            held[line["productId"]] += sign * line["quantity"]
    return held


def complete(event: Item) -> Item:
    """Return the event, with the attributes that an older one implies."""
    return event if "outcome" in event else {**event, **attributes(event["eventType"], event)}


def snapshots(tables: Tables) -> Iterator[OrderSnapshot]:
    """Yield a snapshot for each row of the orders table."""
    events, products = defaultdict[str, list[Item]](list), defaultdict[str, set[str]](set)
    for event in sorted(tables["EVENTS"], key=lambda row: (row["at"], row["eventType"])):
        events[event["orderId"]].append(complete(event))
    payments = {payment["orderId"]: payment for payment in tables.get("PAYMENTS", ())}
    intents = _intents_by_order(tables["GATEWAY_LEDGER"]) if "GATEWAY_LEDGER" in tables else None
    for line in tables.get("ORDER_LINES", ()):
        products[line["orderId"]].add(line["productId"])
    for order in tables["SAGAS"]:
        order_id = order["orderId"]
        created = None if intents is None else intents[order_id]
        listed = products[order_id] if "ORDER_LINES" in tables else None
        yield OrderSnapshot(order, events[order_id], payments.get(order_id), created, listed)


def _intents_by_order(ledger: Sequence[Item]) -> defaultdict[str, list[Item]]:
    by_id = {row["id"]: row for row in ledger}
    by_order = defaultdict[str, list[Item]](list)
    for key in (row for row in ledger if row.get("intentId") in by_id):
        by_order[key["id"].removeprefix("key#").removesuffix("-create")].append(by_id[key["intentId"]])
    return by_order
