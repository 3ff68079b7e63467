"""What must be true of every order at every moment, whatever went wrong.

The checks read rows only, so they apply to any run. Events say themselves which of them belong together, but about
money and stock they are not trusted: those sums come from the order's row, the gateway's ledger and the stock.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

from saga.reconcile.snapshot import Item, OrderSnapshot, Tables, snapshots
from saga.stack.products import Product
from saga.stack.tables import END_OF_TIME, is_over, is_parked, status_of

# By status: outcomes that the order's events must have, and outcomes that they must not have.
_OUTCOMES = {
    "PENDING": ({"started"}, {"cancelling", "undone", "confirmed", "failed", "parked"}),
    "CONFIRMED": ({"started", "confirmed"}, {"cancelling", "refused", "undone", "failed", "parked"}),
    "CANCELLING": ({"started", "cancelling"}, {"confirmed", "failed"}),
    "FAILED": ({"started", "cancelling", "failed"}, {"confirmed"}),
}
_PROOFS = {"confirmed": "done", "failed": "undone"}  # the outcome of the events on which a decision rests
_EVENT_ATTRIBUTES = {"orderId", "eventType", "eventId", "at", "detail", "startsSaga"}


def violations(tables: Tables) -> list[str]:
    """Return the safety violations in these rows, in words. The tables are named as in `saga.reconcile.run`."""
    if malformed := [f"{row} is not an event" for row in tables["EVENTS"] if not row.keys() >= _EVENT_ATTRIBUTES]:
        return malformed
    orders = list(snapshots(tables))
    broken = [f"{order.row['orderId']}: {violation}" for order in orders for violation in _violations(order)]
    return [*broken, *_stock(orders, tables.get("INVENTORY", ())), *_orphans(tables), *_ledger(tables)]


def unfinished(tables: Tables) -> list[str]:
    """Return the orders that are neither over nor parked: once faults have stopped, none may be left."""
    return [f"{order['orderId']}: is still {order['status']}" for order in tables["SAGAS"] if not is_over(order)]


def _violations(order: OrderSnapshot) -> Iterator[str]:
    for check in (*_SAGA_CHECKS, *(_ORDER_CHECKS if order.is_order else ())):
        yield from check(order)


def _outcome(order: OrderSnapshot) -> Iterator[str]:
    """Check that the order has one outcome, and the events that explain it."""
    if order.status not in _OUTCOMES:
        yield f"has the unknown status {order.status}"
        return
    required, forbidden = _OUTCOMES[order.status]
    missing = required - {event.get("outcome") for event in order.events}
    yield from (f"is {order.status} without an event that says {outcome}" for outcome in sorted(missing))
    yield from (f"is {order.status} despite {event['eventType']}" for event in order.events_with(*forbidden))


def _proofs(order: OrderSnapshot) -> Iterator[str]:
    """Check that each decision rests on events that are on record."""
    for decision in order.events_with(*_PROOFS):
        if not decision.get("restsOn"):
            yield f"has {decision['eventType']} without any proof"
        proofs = {event["eventType"] for event in order.events_with(_PROOFS[decision["outcome"]])}
        missing = (proof for proof in decision.get("restsOn", ()) if proof not in proofs)
        yield from (f"is {order.status} without {proof}" for proof in missing)


def _exclusive(order: OrderSnapshot) -> Iterator[str]:
    """Check that a state has one result."""
    for one, other in combinations(order.events_with("done", "refused", "undone"), 2):
        if one.get("state") == other.get("state"):
            yield f"has both {one['eventType']} and {other['eventType']}"


def _order_of_events(order: OrderSnapshot) -> Iterator[str]:
    """Check that the first event, and no other, starts the saga, and that nothing comes after the end."""
    types = [event["eventType"] for event in order.events]
    started = [event["eventType"] for event in order.events_with("started")]
    ends = [end["eventType"] for end in order.events_with(*_PROOFS) if end is not order.events[-1]]
    yield from (f"{types[0]} comes before {start}" for start in started[:1] if start != types[0])
    yield from (f"was started by {started[0]} and by {other}" for other in started[1:])
    yield from (f"{types[-1]} comes after {end}" for end in ends)


def _visible(order: OrderSnapshot) -> Iterator[str]:
    """Check that recovery or an operator can find an order that waits: in the index of open orders, or as parked."""
    parked = is_parked(order.row)
    waiting = order.status in ("PENDING", "CANCELLING") and not parked
    if waiting != ("open" in order.row) or waiting != ("dueAt" in order.row):
        yield f"is {order.status}{' and parked' if parked else ''}, but the index of open orders disagrees"
    left = (name for name in ("deadlineAt", "paused") if name in order.row and not waiting)
    yield from (f"is {order.status}{' and parked' if parked else ''}, but still has {name}" for name in left)
    if order.row.get("dueAt", 0) > order.row.get("deadlineAt", END_OF_TIME):
        yield "is due only after its deadline"
    if parked and (order.status != "CANCELLING" or not order.events_with("parked")):
        yield f"is parked, but {order.status} with {[event['eventType'] for event in order.events]}"


def _money(order: OrderSnapshot) -> Iterator[str]:
    """Check that CONFIRMED is charged once, FAILED costs nothing, and no money moves without a recorded intent."""
    if order.intents is None:
        return
    total = order.row["totalAmount"]
    taken, refunded = (sum(intent[name] for intent in order.intents) for name in ("taken", "refunded"))
    for intent in order.intents:
        yield from _intent(order, intent)
    expected = {"CONFIRMED": (taken, refunded) == (total, 0), "FAILED": taken == refunded, "PENDING": not refunded}
    if not expected.get(order.status, True):
        yield f"is {order.status} for {total}, but was charged {taken} and refunded {refunded}"


def _intent(order: OrderSnapshot, intent: Item) -> Iterator[str]:
    recorded = order.payment is not None and order.payment["intentId"] == intent["id"]
    total = order.row["totalAmount"]
    if not 0 <= intent["refunded"] <= intent["taken"] <= intent["amount"] == total:
        yield f"costs {total}, but its intent is {intent}"
    if not recorded and intent["status"] != "created":
        yield f"has an intent that is {intent['status']} but not on record"
    if recorded and order.status == "FAILED" and intent["status"] in ("created", "processing"):
        yield f"is FAILED with an intent that is {intent['status']}"
    charged = [event for event in order.events_with("done") if event["detail"].get("intentId") == intent["id"]]
    if recorded and charged and not intent["taken"]:
        yield f"has {charged[0]['eventType']}, but nothing was charged"


def _listed(order: OrderSnapshot) -> Iterator[str]:
    """Check that the order is listed under its status, its reason and its products."""
    status = status_of(order.row)
    expected = {"byStatus": status, "byReason": order.row.get("reason", {}).get("reason", "")}
    for index, value in expected.items():
        listed = str(order.row.get(index, "")).partition("#")[0]
        if listed != value:
            yield f"is {status}, but {f'listed {index} as {listed}' if listed else f'not listed {index}'}"
    ordered = {line["productId"] for line in order.row["items"]}
    if order.products is not None and not ordered <= order.products:
        yield f"is not listed with {sorted(ordered - order.products)}"


def _goods(order: OrderSnapshot) -> Iterator[str]:
    """Check that the order holds everything ordered or nothing; CONFIRMED everything, FAILED nothing."""
    ordered, held = Counter[str](), {name: pieces for name, pieces in order.held.items() if pieces}
    for line in order.row["items"]:
        ordered[line["productId"]] += line["quantity"]
    if (held or order.status == "CONFIRMED") and (held != ordered or order.status == "FAILED"):
        yield f"is {order.status} for {dict(ordered)}, but holds {held}"


_SAGA_CHECKS = (_outcome, _proofs, _exclusive, _order_of_events, _visible)
_ORDER_CHECKS = (_money, _listed, _goods)


def _stock(orders: Sequence[OrderSnapshot], products: Sequence[Item]) -> Iterator[str]:
    """Check that what is available and what orders hold adds up to what was stocked."""
    held = Counter[str]()
    for order in orders:
        held.update(order.held)
    for each in map(Product.from_row, products):
        if each.available < 0 or each.held != held[each.product_id]:
            yield f"{each.product_id}: {each.stocked} stocked, {each.available} left, {held[each.product_id]} held"


def _orphans(tables: Tables) -> Iterator[str]:
    """Check that every row with an order ID belongs to an order, whatever its table."""
    orders = {order["orderId"] for order in tables["SAGAS"]}
    rows = (row for table in tables.values() for row in table)
    yield from (f"{row['orderId']}: no such order" for row in rows if "orderId" in row and row["orderId"] not in orders)


def _ledger(tables: Tables) -> Iterator[str]:
    """Check that an idempotency key created every intent."""
    ledger = tables.get("GATEWAY_LEDGER", ())
    keyed = {row["intentId"] for row in ledger if "intentId" in row}
    intents = {row["id"] for row in ledger if "amount" in row}
    yield from (f"{intent}: an idempotency key names this missing intent" for intent in sorted(keyed - intents))
    yield from (f"{intent}: no idempotency key created this intent" for intent in sorted(intents - keyed))
