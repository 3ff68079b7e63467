"""Checks returns: each belongs to a confirmed order, gives back its own part of the price, and puts its items back."""

from collections import Counter
from collections.abc import Iterable, Iterator

from saga.reconcile.snapshot import Item, OrderSnapshot
from saga.stack.kinds import ORDER


def of_order(order: OrderSnapshot) -> Iterator[str]:
    """Check that the order's returns, its history and the gateway agree, and that no more came back than was bought."""
    returns = {each.order_id: each for each in order.returns}
    for event in order.events_with("returning"):
        if event["detail"].get("returnId") not in returns:
            yield f"has {event['eventType']}, but no such return"
    for name in sorted(order.parts.keys() - returns.keys()):
        yield f"was refunded {order.parts[name]} for {name}, which is no return of it"
    bought, back = _pieces(order.row["items"]), _pieces(line for each in order.returns for line in each.row["items"])
    if not back <= bought:
        yield f"bought {dict(bought)}, but {dict(back)} are returned"


def acceptance(back: OrderSnapshot) -> Iterator[str]:
    """Check that a confirmed order has accepted the return, once, at the price of its items."""
    order, items, worth = back.order, back.row["items"], back.row["refundAmount"]
    if order is None or order.kind != ORDER:
        yield f"is a return of {back.row['returnOf']}, which is no order"
        return
    if order.status != "CONFIRMED":
        yield f"is a return of {order.order_id}, which is {order.status}"
    accepted = [each for each in order.events_with("returning") if each["detail"].get("returnId") == back.order_id]
    if len(accepted) != 1:
        yield f"was accepted {len(accepted)} times by {order.order_id}"
    for event in (*accepted, *back.events_with("started")):
        if (event["detail"].get("items"), event["detail"].get("refundAmount")) != (items, worth):
            yield f"is for {dict(_pieces(items))} at {worth}, unlike {event['eventType']}"
    prices = {line["productId"]: line["unitPrice"] for line in order.row["items"]}
    cost = sum(prices.get(line["productId"], 0) * line["quantity"] for line in items)
    if cost != worth:
        yield f"is worth {worth}, but its items cost {cost}"


def refund(back: OrderSnapshot) -> Iterator[str]:
    """Check that the refund on record is that of the return, from the order's payment, and that the gateway made it."""
    worth, payment, order = back.row["refundAmount"], back.payment or {}, back.order
    status, part = payment.get("status", "missing"), _part(back)
    if back.payment and payment.get("amount") != worth:
        yield f"is worth {worth}, but its payment is for another amount"
    paid = (order.payment or {}).get("intentId") if order and worth else None
    if back.payment and payment.get("intentId") != paid:
        yield f"is refunded from {payment.get('intentId')}, but paid with {paid}"
    if back.status == "CONFIRMED" and status != "REFUNDED":
        yield f"is CONFIRMED, but its payment is {status}"
    if part and not back.payment:
        yield f"was refunded {part}, but has no payment on record"
    if part is not None and (part > worth or (status == "REFUNDED" and part != worth)):
        yield f"is worth {worth}, and its payment is {status}, but {part or 'nothing'} was refunded"


def restock(back: OrderSnapshot) -> Iterator[str]:
    """Check that the return has put all of its items back into stock or nothing; CONFIRMED everything."""
    items, put_back = _pieces(back.row["items"]), {name: -pieces for name, pieces in back.held.items() if pieces}
    if (put_back or back.status == "CONFIRMED") and put_back != items:
        yield f"is {back.status} for {dict(items)}, but put back {put_back}"


def wrong_part(back: OrderSnapshot) -> Iterator[str]:
    """Yield what the gateway refunded for a parked return, if that is neither nothing nor what it is worth."""
    if (part := _part(back)) and part != back.row["refundAmount"]:
        yield f"is PARKED for {back.row['refundAmount']}, but was refunded {part}"


def _part(back: OrderSnapshot) -> int | None:
    """Return what the gateway has refunded for the return; None if its books are missing."""
    order = back.order
    return None if order is None or order.intents is None else order.parts.get(back.order_id, 0)


def _pieces(lines: Iterable[Item]) -> Counter[str]:
    pieces = Counter[str]()
    for line in lines:
        pieces[line["productId"]] += line["quantity"]
    return pieces
