"""What must hold for returns: nobody returns more than was bought, and nothing is refunded or restocked twice."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from sagakit.saga import Status
from sagakit.step import Outcome
from verification.simulator.names.saga_table import RETURN, SAGA
from verification.simulator.world.malformed_events import POISON
from verification.simulator.world.simulation import Simulation

RESTOCKED = RETURN.forward[-1].event


class Returns:
    """Compares returns with their orders, the gateway's books and the stock."""

    def __init__(self, sim: Simulation) -> None:
        self._sim = sim

    def violations(self) -> Iterator[str]:
        """Check all rows."""
        rows = self._sim.rows("SAGAS")
        returns = defaultdict[str, list[Any]](list)
        for row in rows:
            if row["saga"] == RETURN.name:
                returns[row["returnOf"]].append(row)
        if not returns:
            return
        events = [row for row in self._sim.rows("EVENTS") if row["orderId"] != POISON]
        for order in (row for row in rows if row["saga"] == SAGA.name):
            found = returns.pop(order["orderId"], [])
            for problem in (*_accepted(order, found, events), *self._money(order, found)):
                yield f"{self._sim.trace.order_name(order['orderId'])} {problem}"
        yield from (f"a return of {order_id}, which does not exist" for order_id in returns)
        yield from self._stock(events)

    def _money(self, order: Any, returns: list[Any]) -> Iterator[str]:
        worth = {row["orderId"]: row["refundAmount"] for row in returns}
        intents = self._intents(order["orderId"])
        if len([intent for intent in intents if intent["taken"]]) > 1 and returns:
            yield "was charged twice"
        for intent in (each for each in intents if returns):
            parts = intent.get("parts", {})
            if intent["refunded"] != sum(parts.values()):
                yield f"was refunded {intent['refunded']}, but its returns {parts}"
            yield from (f"was refunded {parts[key]} for {key}" for key in parts if parts[key] > worth.get(key, 0))
        if returns and all(row["status"] == Status.CONFIRMED for row in returns):
            kept = sum(intent["taken"] - intent["refunded"] for intent in intents)
            if kept != order["totalAmount"] - sum(worth.values()):
                yield f"was charged {kept} for what it keeps"

    def _intents(self, order_id: str) -> list[Any]:
        rows = [*self._sim.rows("GATEWAY_LEDGER"), *self._sim.forgotten_keys]
        keyed = {row["intentId"] for row in rows if row["id"].startswith(f"key#{order_id}")}
        return [row for row in rows if row["id"] in keyed]

    def _stock(self, events: list[Any]) -> Iterator[str]:
        """Check that available + held - restocked = stocked."""
        held = Counter[str]()
        for event in events:
            sign = {Outcome.DONE: 1, Outcome.UNDONE: -1}.get(event["outcome"], 0)
            sign = -1 if event["eventType"] == RESTOCKED else sign
            for line in event["detail"].get("items", ()) if sign else ():
                held[line["productId"]] += sign * line["quantity"]
        rows, available = self._sim.rows("INVENTORY"), Counter[str]()
        for row in rows:
            available[str(row.get("shardOf", row["productId"]))] += row["available"]
        for product, stocked in ((row["productId"], row["stocked"]) for row in rows if "stocked" in row):
            if available[product] + held[product] != stocked:
                yield f"{product}: {available[product]} available, {held[product]} held"


def _accepted(order: Any, returns: list[Any], events: list[Any]) -> Iterator[str]:
    """Check that the order's history has every return, that it is confirmed, and that it was bought what it returns."""
    recorded = {
        event["detail"]["returnId"]: event["detail"]
        for event in events
        if event["orderId"] == order["orderId"] and event["outcome"] == Outcome.RETURNING
    }
    if returns and order["status"] != Status.CONFIRMED:
        yield f"is {order['status']} with returns"
    if recorded.keys() != {row["orderId"] for row in returns}:
        yield f"has the returns {sorted(recorded)} on record, not {sorted(row['orderId'] for row in returns)}"
    left, prices = Counter[str](), {}
    for line in order["items"]:
        left[line["productId"]] += line["quantity"]
        prices[line["productId"]] = line["unitPrice"]
    for row in returns:
        detail = recorded.get(row["orderId"], {})
        if (row["items"], row["refundAmount"]) != (detail.get("items"), detail.get("refundAmount")):
            yield f"has another return on record: {detail}"
        if row["refundAmount"] != sum(line["quantity"] * prices[line["productId"]] for line in row["items"]):
            yield f"gets {row['refundAmount']} for {row['items']}"
        left.subtract({line["productId"]: line["quantity"] for line in row["items"]})
    yield from (f"returned {-pieces} of {product} too many" for product, pieces in left.items() if pieces < 0)
