"""What happened to an order, event by event, and what that did to money and stock."""

from collections import Counter

from saga.console.html import Html, join, tag
from saga.console.words import amount, duration, money, signed, signed_money
from saga.orders.cells import clock
from saga.orders.effects import Effect, effects
from saga.orders.record import Record


def event(effect: Effect, first: int) -> Html:
    """An event; its link moves the slider there."""
    return tag(
        "div",
        tag("a", effect.event, href=f"?at={effect.at}#graph", data_moment=effect.at, class_="name"),
        tag("span", f"+{duration(effect.at - first)}", class_="muted number", title=clock(effect.at)),
        tag("span", effect.words, class_="words"),
        _chips(effect),
        class_="event",
        data_at=effect.at,
    )


def balance(record: Record) -> Html:
    """What all of them come to; of the money the gateway knows best, where its ledger is at hand."""
    found = effects(record)
    stock = Counter[str]()
    for effect in found:
        stock.update(effect.stock)
    held = ", ".join(f"{-pieces} of {product}" for product, pieces in stock.items() if pieces)
    holds = f"The order holds {held}." if held else "The order holds no stock."
    return join(tag("strong", "All in all: "), _paid(record, sum(effect.money for effect in found)), " ", holds)


def _paid(record: Record, told: int) -> str:
    match record.payment:
        case {"intent": {"taken": taken, "refunded": refunded}}:
            return f"the gateway's ledger has {amount(taken)} taken and {amount(refunded)} given back."
        case _ if told:
            return f"the customer has paid {money(told)}."
        case _:
            return "no charge is on record."


def _chips(effect: Effect) -> Html | None:
    money = [tag("span", f"{signed_money(effect.money)} money", class_="effect")] if effect.money else []
    stock = [
        tag("span", f"{signed(pieces)} {product}", class_="effect")
        for product, pieces in effect.stock.items()
        if pieces
    ]
    return tag("span", *money, *stock, class_="effects") if money or stock else None
