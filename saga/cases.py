"""Puts together what is on record about each order, from the rows of all tables."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from saga.legacy import ORDER, said

type Item = Mapping[str, Any]
type Tables = Mapping[str, Sequence[Item]]


@dataclass(frozen=True)
class Case:
    """All that is on record about one order, its events in order; None for what there is no table of."""

    row: Item
    events: list[Item]
    payment: Item | None
    intents: list[Item] | None
    products: set[str] | None

    @property
    def status(self) -> str:
        """Status of the order row."""
        return str(self.row["status"])

    def said(self, *outcomes: str) -> list[Item]:
        """The events that say one of these."""
        return [event for event in self.events if event.get("outcome") in outcomes]

    @property
    def is_order(self) -> bool:
        """Whether this is an order; other sagas have rows in the same table."""
        return bool(self.row.get("saga", ORDER) == ORDER)

    @cached_property
    def held(self) -> Counter[str]:
        """The pieces of each product that events took off the shelf and did not put back."""
        held = Counter[str]()
        for event in self.said("done", "undone"):
            for line in event["detail"].get("items", ()):
                held[line["productId"]] += line["quantity"] if event["outcome"] == "done" else -line["quantity"]
        return held


def cases(tables: Tables) -> Iterator[Case]:
    """Gives one case for each row of the orders table."""
    events, products = defaultdict[str, list[Item]](list), defaultdict[str, set[str]](set)
    for event in sorted(tables["EVENTS"], key=lambda row: (row["at"], row["eventType"])):
        events[event["orderId"]].append(event if "outcome" in event else {**event, **said(event["eventType"], event)})
    payments = {payment["orderId"]: payment for payment in tables.get("PAYMENTS", ())}
    intents = _intents_by_order(tables["GATEWAY_LEDGER"]) if "GATEWAY_LEDGER" in tables else None
    for line in tables.get("ORDER_LINES", ()):
        products[line["orderId"]].add(line["productId"])
    for order in tables["SAGAS"]:
        order_id = order["orderId"]
        its_intents = None if intents is None else intents[order_id]
        its_products = products[order_id] if "ORDER_LINES" in tables else None
        yield Case(order, events[order_id], payments.get(order_id), its_intents, its_products)


def _intents_by_order(ledger: Sequence[Item]) -> defaultdict[str, list[Item]]:
    by_id = {row["id"]: row for row in ledger}
    found = defaultdict[str, list[Item]](list)
    for key in (row for row in ledger if row.get("intentId") in by_id):
        found[key["id"].removeprefix("key#").removesuffix("-create")].append(by_id[key["intentId"]])
    return found
