"""What must be true of every order at every moment, whatever went wrong. What is not is told in words.

It reads rows, of this or any other run, and trusts none of the functions: names and sums are its own.
"""

from collections.abc import Iterator, Sequence

from saga.cases import Case, Item, Tables, cases

FORWARD = {"InventoryReserved", "PaymentCharged"}
UNDONE = {"PaymentRefunded", "InventoryReleased"}
ENDS = {"OrderConfirmed", "OrderFailed"}

# By status: events that must be on record, and events that must not.
ON_RECORD = {
    "PENDING": ({"OrderPlaced"}, {"OrderCancelling", *UNDONE, *ENDS}),
    "CONFIRMED": (
        {"OrderPlaced", "OrderConfirmed", *FORWARD},
        {"OrderCancelling", "OrderFailed", "InventoryRejected", "PaymentDeclined", *UNDONE},
    ),
    "CANCELLING": ({"OrderPlaced", "OrderCancelling"}, ENDS),
    "FAILED": ({"OrderPlaced", "OrderCancelling", "OrderFailed", *UNDONE}, {"OrderConfirmed"}),
}
EXCLUSIVE = (("InventoryReserved", "InventoryRejected"), ("PaymentCharged", "PaymentDeclined"))
AN_EVENT = {"orderId", "eventType", "eventId", "at", "detail", "startsSaga"}


def violations(tables: Tables) -> list[str]:
    """Give what is wrong with these rows, in words: the saga's safety. The tables are named as in `saga.check`."""
    if torn := [f"{row} is not an event" for row in tables["EVENTS"] if not row.keys() >= AN_EVENT]:
        return torn
    known = list(cases(tables))
    found = [f"{case.row['orderId']}: {wrong}" for case in known for check in CHECKS for wrong in check(case)]
    return [*found, *_stock(known, tables["INVENTORY"]), *_orphans(tables)]


def unfinished(tables: Tables) -> list[str]:
    """Give the orders that are neither ended nor parked: none is left once faults have stopped."""
    return [
        f"{order['orderId']}: is still {order['status']}"
        for order in tables["SAGAS"]
        if order["status"] not in ("CONFIRMED", "FAILED") and "parked" not in order
    ]


def _outcome(case: Case) -> Iterator[str]:
    """One outcome, and the events that explain it."""
    if case.status not in ON_RECORD:
        yield f"has the status {case.status}, which no order has"
        return
    required, forbidden = ON_RECORD[case.status]
    yield from (f"is {case.status} without {missing}" for missing in sorted(required - case.events.keys()))
    yield from (f"is {case.status} in spite of {event}" for event in sorted(forbidden & case.events.keys()))
    for one, other in EXCLUSIVE:
        if {one, other} <= case.events.keys():
            yield f"has both {one} and {other}"


def _order_of_events(case: Case) -> Iterator[str]:
    """The first event is the first, and after the end comes nothing."""
    if case.times and case.times[0][1] != "OrderPlaced":
        yield f"{case.times[0][1]} comes before OrderPlaced"
    yield from (f"{case.times[-1][1]} comes after {end}" for _, end in case.times[:-1] if end in ENDS)


def _visible(case: Case) -> Iterator[str]:
    """An order that waits for something can be found: by the index of open orders, or by its mark."""
    parked = "parked" in case.row
    waiting = case.status in ("PENDING", "CANCELLING") and not parked
    if waiting != ("open" in case.row) or waiting != ("dueAt" in case.row):
        yield f"is {case.status}{' and parked' if parked else ''}, and the index of open orders says otherwise"
    if parked and (case.status != "CANCELLING" or "OrderParked#1" not in case.events):
        yield f"is parked, while it is {case.status} with {sorted(case.events)}"


def _money(case: Case) -> Iterator[str]:
    """CONFIRMED is charged once, FAILED costs nothing, and no money moves by an intent that is not on record."""
    total = case.row["totalAmount"]
    taken, given_back = (sum(intent[what] for intent in case.intents) for what in ("taken", "refunded"))
    for intent in case.intents:
        yield from _intent(case, intent)
    if case.status == "CONFIRMED" and (taken, given_back) != (total, 0):
        yield f"is CONFIRMED for {total} with {taken} taken and {given_back} given back"
    if case.status == "FAILED" and taken != given_back:
        yield f"is FAILED with {taken} taken and {given_back} given back"
    if case.status == "PENDING" and given_back:
        yield f"is PENDING with {given_back} given back"


def _intent(case: Case, intent: Item) -> Iterator[str]:
    recorded = case.payment is not None and case.payment["intentId"] == intent["id"]
    total = case.row["totalAmount"]
    if not 0 <= intent["refunded"] <= intent["taken"] <= intent["amount"] == total:
        yield f"costs {total}, and its intent is {intent}"
    if not recorded and intent["status"] != "created":
        yield f"has an intent that is {intent['status']} and not on record"
    if recorded and case.status == "FAILED" and intent["status"] in ("created", "processing"):
        yield f"is FAILED with an intent that is {intent['status']}"
    if recorded and "PaymentCharged" in case.events and not intent["taken"]:
        yield "is said to be charged, and no money was taken"


def _listed(case: Case) -> Iterator[str]:
    """An order is listed under its status, its reason and its products, where people look for it."""
    shown = "PARKED" if "parked" in case.row else case.status
    expected = {"byStatus": shown, **({"byReason": case.row["reason"]["reason"]} if "reason" in case.row else {})}
    for index in ("byStatus", "byReason"):
        listed = str(case.row.get(index, "")).partition("#")[0]
        if listed != expected.get(index, ""):
            yield f"is {shown}, and listed {index} as {listed or 'nothing'}"
    if missing := {line["productId"] for line in case.row["items"]} - case.products:
        yield f"is not listed with {sorted(missing)}"


CHECKS = (_outcome, _order_of_events, _visible, _money, _listed)


def _stock(known: Sequence[Case], products: Sequence[Item]) -> Iterator[str]:
    """What is available and what orders hold is what was stocked."""
    for product in products:
        held = sum(_held(case, product["productId"]) for case in known)
        if product["available"] < 0 or product["available"] + held != product["stocked"]:
            yield f"{product['productId']}: {product['stocked']} stocked, {product['available']} left, {held} held"


def _held(case: Case, product_id: str) -> int:
    if "InventoryReserved" not in case.events or "InventoryReleased" in case.events:
        return 0
    return sum(line["quantity"] for line in case.row["items"] if line["productId"] == product_id)


def _orphans(tables: Tables) -> Iterator[str]:
    """Every row belongs to an order, every intent to a key."""
    orders = {order["orderId"] for order in tables["SAGAS"]}
    for table in ("EVENTS", "PAYMENTS", "ORDER_LINES"):
        yield from (f"{row['orderId']}: no such order" for row in tables[table] if row["orderId"] not in orders)
    ledger = tables["GATEWAY_LEDGER"]
    keyed = {row["intentId"] for row in ledger if "intentId" in row}
    intents = {row["id"] for row in ledger if "amount" in row}
    yield from (f"{intent}: a key created this intent, and it is not there" for intent in sorted(keyed - intents))
    yield from (f"{intent}: no key created this intent" for intent in sorted(intents - keyed))
