"""What must be true of every order at every moment, whatever went wrong.

The checks read rows only, so they apply to any run. Events say themselves which of them belong together, but about
money and stock they are not trusted: those sums come from the order's row, the gateway's ledger and the stock. Rows
are not trusted to have their form either: those that lack it are told, and their orders are not judged.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations

from saga.reconcile import charges, return_checks
from saga.reconcile.snapshot import Item, OrderSnapshot, Tables, held_after, snapshots
from saga.reconcile.soundness import sort
from saga.stack.kinds import ORDER, RETURN, TRANSACTION
from saga.stack.legacy import complete
from saga.stack.products import MalformedRow, whole
from saga.stack.tables import END_OF_TIME, LISTED, has_ended, is_over, is_parked, status_of

# By status: outcomes that the order's events must have, and outcomes that they must not have.
_OUTCOMES = {
    "PENDING": ({"started"}, {"cancelling", "undone", "confirmed", "failed", "parked"}),
    "CONFIRMED": ({"started", "confirmed"}, {"cancelling", "refused", "undone", "failed", "parked"}),
    "CANCELLING": ({"started", "cancelling"}, {"confirmed", "failed"}),
    "FAILED": ({"started", "cancelling", "failed"}, {"confirmed"}),
}
# A return is never cancelled, and goes on after it was parked.
_OUTCOMES_OF_RETURNS = {
    status: (_OUTCOMES[status][0], _OUTCOMES[status][1] - {"parked"}) for status in ("PENDING", "CONFIRMED")
}
_PROOFS = {"confirmed": "done", "failed": "undone"}  # the outcome of the events on which a decision rests
_BY_A_STEP = ("intended", "done", "refused", "undone")  # outcomes of events that only a state records
# What a check raises if rows that have their form still contain what it does not expect.
_CONFUSED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def violations(tables: Tables) -> list[str]:
    """Return the safety violations in these rows, in words. The tables are named as in `saga.reconcile.run`."""
    rows = sort(tables)
    orders = [order for order in snapshots(rows.sound) if rows.spoiled.isdisjoint(_needed(order))]
    broken = [f"{order.order_id}: {violation}" for order in orders for violation in _violations(order)]
    shelves = stock(held_after(map(complete, rows.sound["EVENTS"])), rows.sound.get("INVENTORY", ()))
    return [*rows.wrong, *broken, *shelves, *_orphans(tables, rows.sound), *charges.ledger(rows.sound)]


def unfinished(tables: Tables) -> list[str]:
    """Return the orders that are neither over nor parked: once faults have stopped, none may be left."""
    orders = sort({"SAGAS": tables["SAGAS"]}).sound["SAGAS"]
    return [f"{order['orderId']}: is still {order['status']}" for order in orders if not is_over(order)]


def _needed(order: OrderSnapshot) -> Iterator[str]:
    """Yield the IDs whose rows must be of their form to judge the order: its own, its order's and its returns'."""
    yield order.order_id
    if order.kind == RETURN:
        yield order.row["returnOf"]
    yield from (event["detail"]["returnId"] for event in order.events if "returnId" in event["detail"])


def _violations(order: OrderSnapshot) -> Iterator[str]:
    for check in (*_SAGA_CHECKS, *_CHECKS.get(order.kind, ())):
        try:
            yield from check(order)
        except _CONFUSED as error:
            yield f"cannot be checked for its {check.__name__.strip('_')}: {type(error).__name__}"


def _outcome(order: OrderSnapshot) -> Iterator[str]:
    """Check that the order has one outcome, and the events that explain it."""
    outcomes = _OUTCOMES_OF_RETURNS if order.kind == RETURN else _OUTCOMES
    if order.status not in outcomes:
        yield f"has the unknown status {order.status}"
        return
    required, forbidden = outcomes[order.status]
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


def _provenance(order: OrderSnapshot) -> Iterator[str]:
    """Check that an event says which state recorded it, and what a refusal was."""
    for event in order.events:
        needed = {"state"} if event.get("outcome") in _BY_A_STEP else set()
        needed |= {"error"} if event.get("outcome") == "refused" else set()
        yield from (f"has {event['eventType']} without its {name}" for name in sorted(needed - event.keys()))


def _exclusive(order: OrderSnapshot) -> Iterator[str]:
    """Check that a state has one result."""
    for one, other in combinations(order.events_with("done", "refused", "undone"), 2):
        if one.get("state") == other.get("state"):
            yield f"has both {one['eventType']} and {other['eventType']}"


def _order_of_events(order: OrderSnapshot) -> Iterator[str]:
    """Check that only the first event starts the saga, only returns come after its end, and none is missing."""
    events = [event for event in order.events if event.get("outcome") != "returning"]
    types = [event["eventType"] for event in events]
    started = [event["eventType"] for event in order.events_with("started")]
    ends = [end["eventType"] for end in order.events_with(*_PROOFS) if end is not events[-1]]
    yield from (f"{types[0]} comes before {start}" for start in started[:1] if start != types[0])
    yield from (f"was started by {started[0]} and by {other}" for other in started[1:])
    yield from (f"{types[-1]} comes after {end}" for end in ends)
    times = {event["at"] for event in order.events}
    yield from (
        f"misses the event before {each['eventType']}"
        for each in order.events
        if each.get("after") not in {None, *times}
    )


def _updated(order: OrderSnapshot) -> Iterator[str]:
    """Check that the row is as new as the newest event; while it is open, one of an older version may be older."""
    events, updated = [event for event in order.events if event.get("outcome") != "returning"], order.row["updatedAt"]
    if events and (updated > events[-1]["at"] or (has_ended(order.row) and updated < events[-1]["at"])):
        yield f"was updated at {updated}, but by {events[-1]['eventType']} at {events[-1]['at']}"


def _visible(order: OrderSnapshot) -> Iterator[str]:
    """Check that recovery or an operator can find an order that waits: in the index of open orders, or as parked."""
    parked = is_parked(order.row)
    waiting = order.status in ("PENDING", "CANCELLING") and not parked
    if waiting != ("open" in order.row) or waiting != ("dueAt" in order.row):
        yield f"is {order.status}{' and parked' if parked else ''}, but the index of open orders disagrees"
    left = (name for name in ("deadlineAt", "started", "paused") if name in order.row and not waiting)
    yield from (f"is {order.status}{' and parked' if parked else ''}, but still has {name}" for name in left)
    if order.row.get("dueAt", 0) > order.row.get("deadlineAt", END_OF_TIME):
        yield "is due only after its deadline"
    status = "PENDING" if order.kind == RETURN else "CANCELLING"
    if parked and (order.status != status or not order.events_with("parked")):
        yield f"is parked, but {order.status} with {[event['eventType'] for event in order.events]}"


def _listed(order: OrderSnapshot) -> Iterator[str]:
    """Check that an order that FAILED or is parked is listed as that, and every order under its reason and products."""
    status = status_of(order.row)
    expected = {"byStatus": status, "byReason": order.row.get("reason", {}).get("reason", "")}
    for index, value in expected.items():
        listed = str(order.row.get(index, "")).partition("#")[0]
        if listed != value and (listed or index != "byStatus" or status in LISTED):
            yield f"is {status}, but {f'listed {index} as {listed}' if listed else f'not listed {index}'}"
    ordered = {line["productId"] for line in order.row["items"]}
    if order.kind != RETURN and order.products is not None and not ordered <= order.products:
        yield f"is not listed with {sorted(ordered - order.products)}"


def _goods(order: OrderSnapshot) -> Iterator[str]:
    """Check that the order holds everything ordered or nothing; CONFIRMED everything, FAILED nothing."""
    ordered, held = Counter[str](), {name: pieces for name, pieces in order.held.items() if pieces}
    for line in order.row["items"]:
        ordered[line["productId"]] += line["quantity"]
    if (held or order.status == "CONFIRMED") and (held != ordered or order.status == "FAILED"):
        yield f"is {order.status} for {dict(ordered)}, but holds {held}"


_SAGA_CHECKS = (_outcome, _proofs, _provenance, _exclusive, _order_of_events, _updated, _visible)
_ORDER_CHECKS = (charges.amounts, charges.money, return_checks.of_order, _listed, _goods)
_CHECKS = {
    ORDER: _ORDER_CHECKS,
    TRANSACTION: _ORDER_CHECKS,
    RETURN: (return_checks.acceptance, return_checks.refund, return_checks.restock, _listed),
}


def stock(held: Counter[str], inventory: Iterable[Item]) -> Iterator[str]:
    """Check that what is available and what orders hold, without what was returned, adds up to what was stocked.

    `held` are the pieces of each product that the events of all orders hold. The inventory's rows are of their form.
    """
    for name, each in whole(inventory):
        if isinstance(each, MalformedRow):
            yield f"{name}: {each}"
        elif each.available < 0 or each.held != held[each.product_id]:
            yield f"{each.product_id}: {each.stocked} stocked, {each.available} left, {held[each.product_id]} held"


def _orphans(everything: Tables, sound: Tables) -> Iterator[str]:
    """Check that every row with an order ID belongs to an order, whatever its table."""
    orders = {order["orderId"] for order in everything["SAGAS"] if isinstance(order.get("orderId"), str)}
    rows = (row for table in sound.values() for row in table)
    yield from (f"{row['orderId']}: no such order" for row in rows if "orderId" in row and row["orderId"] not in orders)
