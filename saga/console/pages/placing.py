"""Places an order: with a payment behaviour to try out, and a key with which the same request is the same order."""

import uuid
from collections.abc import Mapping, Sequence

from fastapi import Request
from nicegui import ui

from saga.console.elements import piece
from saga.console.frame import Console, frame
from saga.console.html import Html, join, tag
from saga.console.poller import Poller
from saga.console.words import money
from saga.products import Product

_BEHAVIOURS = {  # by payment token: what the simulated gateway does, and what becomes of the order
    "pm_ok": ("takes the money", "CONFIRMED"),
    "pm_declined": ("declines: card_declined", "FAILED, undone"),
    "pm_insufficient_funds": ("declines: insufficient_funds", "FAILED, undone"),
    "pm_flaky": ("answers 503 twice, then works", "CONFIRMED after retries"),
    "pm_unavailable": ("answers 503 always", "FAILED, undone"),
    "pm_slow": ("takes the money, answers too late", "CONFIRMED after a retry"),
    "pm_processing": ("answers that it is processing, takes the money seconds later", "CONFIRMED after retries"),
    "pm_late_decline": ("answers that it is processing, declines seconds later", "FAILED, undone"),
    "pm_refund_flaky": ("never tells that it took the money; refunds at the third try", "FAILED, refunded"),
    "pm_refund_down": ("never tells that it took the money; cannot refund it", "PARKED, for you to resume"),
}
_WORDS = (
    "The same key with the same order again is the same order: nothing is charged twice. "
    "The same key with another order is refused."
)


def add(console: Console) -> None:
    """Adds the page."""

    @ui.page("/orders/new")
    def placing(request: Request) -> None:
        with frame(console, "Place an order", "/orders") as page:
            piece(tag("h1", "Place an order"))
            body = piece()

            def show(products: Sequence[Product]) -> None:
                if not body.content:  # once: what is typed in stays
                    writable = console.source.environment().writable
                    body.set_content(form(products, request.query_params) if writable else _read_only())

            Poller(page.kind, console.source.products, show, page.fail).start()


def form(products: Sequence[Product], given: Mapping[str, str]) -> Html:
    """The form, filled in with what stands in the URL."""
    if not products:
        return tag("p", "There are no products yet: on the engine, make up adds some.", class_="empty card")
    return tag(
        "form",
        tag("div", *_what(products, given), class_="fields"),
        _payment(given.get("payment", "pm_ok")),
        tag("div", *_key(given.get("key") or str(uuid.uuid4())), class_="fields"),
        tag("p", _WORDS, class_="muted"),
        tag("div", tag("button", "Place the order", class_="button main", type="submit"), class_="acts"),
        tag("p", class_="said", role="status"),
        action="/orders",
        data_send=True,
        data_keep=True,
        class_="card pad stack",
    )


def _what(products: Sequence[Product], given: Mapping[str, str]) -> list[Html]:
    wanted = given.get("product") or next((each.product_id for each in products if each.available), None)
    options = [
        tag(
            "option",
            f"{each.name}, {money(each.price)}, {each.available} left",
            value=each.product_id,
            selected=each.product_id == wanted,
        )
        for each in products
    ]
    quantity = tag("input", type="number", name="quantity", min=1, max=1000, value=given.get("quantity", "1"))
    customer = tag("input", name="customer", value=given.get("customer", "customer-123"), required=True, maxlength=255)
    return [
        tag("label", "Product", tag("select", *options, name="product")),
        tag("label", "Quantity", quantity),
        tag("label", "Customer", customer),
    ]


def _payment(chosen: str) -> Html:
    rows = [_behaviour(token, chosen) for token in _BEHAVIOURS]
    return tag("fieldset", tag("legend", "The payment gateway"), *rows)


def _behaviour(token: str, chosen: str) -> Html:
    does, becomes = _BEHAVIOURS[token]
    box = tag("input", type="radio", name="payment", value=token, checked=token == chosen)
    words = join(tag("code", token), tag("span", does), tag("span", becomes, class_="muted"))
    return tag("label", box, words, class_="choice")


def _key(key: str) -> list[Html]:
    box = tag("input", name="key", id="key", value=key, required=True, maxlength=255, class_="mono")
    fresh = tag("button", "New key", class_="button", type="button", data_fresh="key")
    return [tag("label", "Idempotency key", box, class_="grows"), fresh]


def _read_only() -> Html:
    words = "This console only reads. To act on a stack on AWS, start it with saga console --write."
    return tag("p", words, class_="empty card")
