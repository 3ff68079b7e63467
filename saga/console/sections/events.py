"""The events of an order, and what each did to money and stock."""

from collections import Counter

from saga.console.html import Html, join, tag
from saga.console.labels import placed_at, quantity_of
from saga.orders.effects import Effect, effects
from saga.orders.record import Record
from saga.stack.kinds import RETURN
from saga.text.durations import duration
from saga.text.money import Minor, amount, minor, signed_amount
from saga.text.times import clock


def rows(record: Record) -> dict[str, Html]:
    """Return the events by type. The link of each moves the slider to it."""
    start = placed_at(record.order)
    return {effect.event: _event(effect, start) for effect in effects(record)}


def balance(record: Record) -> Html:
    """Return what the events and the order's returns add up to. For money the gateway's ledger is preferred."""
    found = effects(record)
    stock = Counter[str]()
    for effect in found:
        stock.update(effect.stock)
    back = [each for each in record.returns if each["status"] == "CONFIRMED"]
    for line in (line for each in back for line in each["items"]):
        stock[line["productId"]] += line["quantity"]
    refunded = sum(minor(each["refundAmount"]) for each in back)
    money = Minor(sum(effect.money for effect in found) - refunded)
    if record.kind == RETURN:
        given = ", ".join(quantity_of(quantity, product) for product, quantity in stock.items() if quantity)
        return join(
            tag("strong", "Balance: "), f"{amount(Minor(-money))} refunded, {given or 'nothing'} back in stock."
        )
    paid = _paid(record, money)
    held = ", ".join(quantity_of(-quantity, product) for product, quantity in stock.items() if quantity)
    return join(tag("strong", "Balance: "), paid, f" The {record.kind} holds {held or 'no stock'}.")


def _paid(record: Record, by_events: Minor) -> str:
    match record.payment:
        case {"intent": {"taken": taken, "refunded": refunded}}:
            charged, returned = amount(minor(taken)), amount(minor(refunded))
            return f"the gateway's ledger shows {charged} charged and {returned} refunded."
        case _ if by_events or record.returns:
            return f"the customer has paid {amount(by_events)}."
        case _:
            return "no charge is on record."


def _event(effect: Effect, start: int) -> Html:
    return tag(
        "div",
        tag("a", effect.event, href=f"?at={effect.at}#graph", data_moment=effect.at, class_="name"),
        tag("span", f"+{duration(effect.at - start)}", class_="muted number", title=clock(effect.at)),
        tag("span", effect.text, class_="words"),
        _chips(effect),
        class_="event",
        data_at=effect.at,
    )


def _chips(effect: Effect) -> Html | None:
    money = [f"{signed_amount(effect.money)} money"] if effect.money else []
    stock = [f"{quantity:+} {product}" for product, quantity in effect.stock.items() if quantity]
    chips = [tag("span", text, class_="effect") for text in (*money, *stock)]
    return tag("span", *chips, class_="effects") if chips else None
