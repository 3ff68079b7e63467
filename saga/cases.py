"""Puts together what is on record about each order, from the rows of all tables."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

type Item = Mapping[str, Any]
type Tables = Mapping[str, Sequence[Item]]


@dataclass(frozen=True)
class Case:
    """All that is on record about one order."""

    row: Item
    events: dict[str, Item]
    payment: Item | None
    intents: list[Item]
    products: set[str]

    @property
    def status(self) -> str:
        """Status of the order row."""
        return str(self.row["status"])

    @property
    def times(self) -> list[tuple[int, str]]:
        """Time and type of each event, in order."""
        return sorted((event["at"], event_type) for event_type, event in self.events.items())


def cases(tables: Tables) -> Iterator[Case]:
    """Gives one case for each row of the orders table."""
    events = defaultdict[str, dict[str, Item]](dict)
    for event in tables["EVENTS"]:
        events[event["orderId"]][event["eventType"]] = event
    payments = {payment["orderId"]: payment for payment in tables["PAYMENTS"]}
    intents = _intents_by_order(tables["GATEWAY_LEDGER"])
    products = defaultdict[str, set[str]](set)
    for line in tables["ORDER_LINES"]:
        products[line["orderId"]].add(line["productId"])
    for order in tables["SAGAS"]:
        order_id = order["orderId"]
        yield Case(order, events[order_id], payments.get(order_id), intents[order_id], products[order_id])


def _intents_by_order(ledger: Sequence[Item]) -> defaultdict[str, list[Item]]:
    by_id = {row["id"]: row for row in ledger}
    found = defaultdict[str, list[Item]](list)
    for key in (row for row in ledger if row.get("intentId") in by_id):
        found[key["id"].removeprefix("key#").removesuffix("-create")].append(by_id[key["intentId"]])
    return found
