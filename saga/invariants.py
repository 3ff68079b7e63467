"""What must be true of every order at every moment, whatever went wrong. What is not is told in words.

It reads rows, of this or any other run. Which events belong together they say themselves; of money and stock they are
not believed: the sums are made of the order's row, the gateway's ledger and the shelf.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

from saga.cases import Case, Item, Tables, cases
from saga.products import Product

# By status: what events must say of the order, and what none may say.
SAID = {
    "PENDING": ({"started"}, {"cancelling", "undone", "confirmed", "failed", "parked", "resumed"}),
    "CONFIRMED": ({"started", "confirmed"}, {"cancelling", "refused", "undone", "failed", "parked", "resumed"}),
    "CANCELLING": ({"started", "cancelling"}, {"confirmed", "failed"}),
    "FAILED": ({"started", "cancelling", "failed"}, {"confirmed"}),
}
PROOFS = {"confirmed": "done", "failed": "undone"}  # what the events say on which a decision rests
AN_EVENT = {"orderId", "eventType", "eventId", "at", "detail", "startsSaga"}


def violations(tables: Tables) -> list[str]:
    """Give what is wrong with these rows, in words: the saga's safety. The tables are named as in `saga.check`."""
    if torn := [f"{row} is not an event" for row in tables["EVENTS"] if not row.keys() >= AN_EVENT]:
        return torn
    known = list(cases(tables))
    found = [f"{case.row['orderId']}: {wrong}" for case in known for wrong in _wrong(case)]
    return [*found, *_stock(known, tables.get("INVENTORY", ())), *_orphans(tables), *_ledger(tables)]


def unfinished(tables: Tables) -> list[str]:
    """Give the orders that are neither ended nor parked: none is left once faults have stopped."""
    return [
        f"{order['orderId']}: is still {order['status']}"
        for order in tables["SAGAS"]
        if order["status"] not in ("CONFIRMED", "FAILED") and "parked" not in order
    ]


def _wrong(case: Case) -> Iterator[str]:
    for check in (*OF_EVERY_SAGA, *(OF_AN_ORDER if case.is_order else ())):
        yield from check(case)


def _outcome(case: Case) -> Iterator[str]:
    """One outcome, and the events that explain it."""
    if case.status not in SAID:
        yield f"has the status {case.status}, which no order has"
        return
    required, forbidden = SAID[case.status]
    missing = required - {event.get("outcome") for event in case.events}
    yield from (f"is {case.status} without an event that says {outcome}" for outcome in sorted(missing))
    yield from (f"is {case.status} in spite of {event['eventType']}" for event in case.said(*forbidden))


def _proofs(case: Case) -> Iterator[str]:
    """A decision rests on events, and they are on record."""
    for decision in case.said(*PROOFS):
        if not decision.get("restsOn"):
            yield f"has {decision['eventType']}, which rests on nothing"
        proofs = {event["eventType"] for event in case.said(PROOFS[decision["outcome"]])}
        yield from (f"is {case.status} without {proof}" for proof in decision.get("restsOn", ()) if proof not in proofs)


def _exclusive(case: Case) -> Iterator[str]:
    """What a state came to, it came to once."""
    for one, other in combinations(case.said("done", "refused", "undone"), 2):
        if one.get("state") == other.get("state"):
            yield f"has both {one['eventType']} and {other['eventType']}"


def _order_of_events(case: Case) -> Iterator[str]:
    """The event that started it is the first and the only one that did, and after the end comes nothing."""
    types = [event["eventType"] for event in case.events]
    started = [event["eventType"] for event in case.said("started")]
    yield from (f"{types[0]} comes before {start}" for start in started[:1] if start != types[0])
    yield from (f"was started by {started[0]} and by {other}" for other in started[1:])
    yield from (
        f"{types[-1]} comes after {end['eventType']}" for end in case.said(*PROOFS) if end is not case.events[-1]
    )


def _visible(case: Case) -> Iterator[str]:
    """An order that waits for something can be found: by the index of open orders, or by its mark."""
    parked = "parked" in case.row
    waiting = case.status in ("PENDING", "CANCELLING") and not parked
    if waiting != ("open" in case.row) or waiting != ("dueAt" in case.row):
        yield f"is {case.status}{' and parked' if parked else ''}, and the index of open orders says otherwise"
    if parked and (case.status != "CANCELLING" or not case.said("parked")):
        yield f"is parked, while it is {case.status} with {[event['eventType'] for event in case.events]}"


def _money(case: Case) -> Iterator[str]:
    """CONFIRMED is charged once, FAILED costs nothing, and no money moves by an intent that is not on record."""
    if case.intents is None:
        return
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
    charged = [event for event in case.said("done") if event["detail"].get("intentId") == intent["id"]]
    if recorded and charged and not intent["taken"]:
        yield "is said to be charged, and no money was taken"


def _listed(case: Case) -> Iterator[str]:
    """An order is listed under its status, its reason and its products, where people look for it."""
    shown = "PARKED" if "parked" in case.row else case.status
    expected = {"byStatus": shown, **({"byReason": case.row["reason"]["reason"]} if "reason" in case.row else {})}
    for index in ("byStatus", "byReason"):
        listed = str(case.row.get(index, "")).partition("#")[0]
        if listed != expected.get(index, ""):
            yield f"is {shown}, and listed {index} as {listed or 'nothing'}"
    wanted = {line["productId"] for line in case.row["items"]}
    if case.products is not None and not wanted <= case.products:
        yield f"is not listed with {sorted(wanted - case.products)}"


def _goods(case: Case) -> Iterator[str]:
    """An order holds all that was ordered or nothing; CONFIRMED all of it, FAILED nothing."""
    wanted, held = Counter[str](), {name: pieces for name, pieces in case.held.items() if pieces}
    for line in case.row["items"]:
        wanted[line["productId"]] += line["quantity"]
    if (held or case.status == "CONFIRMED") and (held != wanted or case.status == "FAILED"):
        yield f"is {case.status} for {dict(wanted)}, and holds {held}"


OF_EVERY_SAGA = (_outcome, _proofs, _exclusive, _order_of_events, _visible)
OF_AN_ORDER = (_money, _listed, _goods)


def _stock(known: Sequence[Case], products: Sequence[Item]) -> Iterator[str]:
    """What is available and what orders hold is what was stocked."""
    held = Counter[str]()
    for case in known:
        held.update(case.held)
    for each in map(Product.of_row, products):
        if each.available < 0 or each.held != held[each.product_id]:
            yield f"{each.product_id}: {each.stocked} stocked, {each.available} left, {held[each.product_id]} held"


def _orphans(tables: Tables) -> Iterator[str]:
    """Every row that is of an order belongs to one that there is, whatever table it is in."""
    orders = {order["orderId"] for order in tables["SAGAS"]}
    rows = (row for table in tables.values() for row in table)
    yield from (f"{row['orderId']}: no such order" for row in rows if "orderId" in row and row["orderId"] not in orders)


def _ledger(tables: Tables) -> Iterator[str]:
    """Every intent belongs to a key."""
    ledger = tables.get("GATEWAY_LEDGER", ())
    keyed = {row["intentId"] for row in ledger if "intentId" in row}
    intents = {row["id"] for row in ledger if "amount" in row}
    yield from (f"{intent}: a key created this intent, and it is not there" for intent in sorted(keyed - intents))
    yield from (f"{intent}: no key created this intent" for intent in sorted(intents - keyed))
