"""The form that places an order, with a payment to simulate and an idempotency key."""

import uuid
from collections.abc import Mapping, Sequence

from saga.console.elements import markup
from saga.console.html import Html, empty, join, tag
from saga.console.layout import Page
from saga.console.sections.forms import action_form
from saga.stack.products import Product, products
from saga.text.money import Minor, amount

_CHARGES, _WAITS = "charges the customer but never confirms it", "waits until you cancel it, then"
_CHARGED, _RETURNS = "charges the customer; of refunds for returns,", "CONFIRMED; a return is"
_PAYMENTS = {  # by token: what the simulated gateway does, and how the order ends
    "pm_ok": ("charges the customer", "CONFIRMED"),
    "pm_declined": ("declines: card_declined", "FAILED, undone"),
    "pm_insufficient_funds": ("declines: insufficient_funds", "FAILED, undone"),
    "pm_flaky": ("answers 503 twice, then works", "CONFIRMED after retries"),
    "pm_unavailable": ("always answers 503", "waits until its deadline, then FAILED"),
    "pm_slow": ("charges the customer but answers too late", "CONFIRMED after a retry"),
    "pm_processing": ('answers "processing", then charges seconds later', "CONFIRMED after retries"),
    "pm_late_decline": ('answers "processing", then declines seconds later', "FAILED, undone"),
    "pm_refund_flaky": (f"{_CHARGES}; the third refund succeeds", f"{_WAITS} FAILED, refunded"),
    "pm_refund_down": (f"{_CHARGES}; refunds fail until you restore it", f"{_WAITS} waits for its refund"),
    "pm_refund_refused": (f"{_CHARGES}; refuses the refund until you restore it", f"{_WAITS} PARKED"),
    "pm_refund_pending": (f"{_CHARGES}; refunds stay pending until you restore it", f"{_WAITS} waits for its refund"),
    "pm_partial_refund": (f"{_CHARGES}; keeps a cent of the refund until you restore it", f"{_WAITS} PARKED"),
    "pm_return_flaky": (f"{_CHARGED} the third one succeeds", f"{_RETURNS} CONFIRMED after retries"),
    "pm_return_down": (f"{_CHARGED} they fail until you restore it", "CONFIRMED; a return waits for its refund"),
    "pm_return_refused": (f"{_CHARGED} it refuses them until you restore it", f"{_RETURNS} PARKED"),
    "pm_return_pending": (
        f"{_CHARGED} they stay pending until you restore it",
        "CONFIRMED; a return waits for its refund",
    ),
    "pm_return_partial": (f"{_CHARGED} it keeps a cent until you restore it", f"{_RETURNS} PARKED"),
    "pm_wrong_amount": ("charges a cent, and keeps it until you restore it", "PARKED"),
    "pm_wrong_currency": ("asks for another currency", "FAILED, undone"),
}
_KEY_RULE = (
    "Sending the same order again with the same key returns the same order, and nothing is charged twice. "
    "The same key with a different order is refused."
)
_WRITE, _MAKE_UP = tag("code", "saga console --write"), tag("code", "make up")
_READ_ONLY = empty("This console is read-only.", join("To act on AWS, start it with ", _WRITE, "."), "empty card")
_NO_PRODUCTS = empty("There are no products yet.", join("On the engine, ", _MAKE_UP, " adds some."), "empty card")


def build(page: Page) -> None:
    """Add the elements of the page."""
    markup(tag("h1", "Place an order"))
    body = markup()

    def show(found: Sequence[Product]) -> None:
        if not body.content:  # only once, to keep the input
            body.set_content(_form(found, page.request.query_params) if page.environment.writable else _READ_ONLY)

    page.poll(lambda: page.source.read(products), show)


def _form(stock: Sequence[Product], query: Mapping[str, str]) -> Html:
    """Return the form, with the values that the URL has."""
    if not stock:
        return _NO_PRODUCTS
    chosen = query.get("payment", "pm_ok")
    payments = (_payment(token, *texts, checked=token == chosen) for token, texts in _PAYMENTS.items())
    content = (
        tag("div", *_order_fields(stock, query), class_="fields"),
        tag("fieldset", tag("legend", "Payment gateway"), *payments),
        tag("div", *_key_fields(query.get("key") or str(uuid.uuid4())), class_="fields"),
        tag("p", _KEY_RULE, class_="muted"),
        tag("div", tag("button", "Place the order", class_="button main", type="submit"), class_="acts"),
    )
    return action_form("/orders", *content, style="card pad stack")


def _order_fields(stock: Sequence[Product], query: Mapping[str, str]) -> list[Html]:
    chosen = query.get("product") or next((each.product_id for each in stock if each.available), None)
    options = (_option(product, selected=product.product_id == chosen) for product in stock)
    quantity = tag("input", type="number", name="quantity", min=1, max=1000, value=query.get("quantity", "1"))
    customer = tag("input", name="customer", value=query.get("customer", "customer-123"), required=True, maxlength=255)
    return [
        tag("label", "Product", tag("select", *options, name="product")),
        tag("label", "Quantity", quantity),
        tag("label", "Customer", customer),
    ]


def _option(product: Product, *, selected: bool) -> Html:
    text = f"{product.name}, {amount(Minor(product.price))}, {product.available} left"
    return tag("option", text, value=product.product_id, selected=selected)


def _payment(token: str, behaviour: str, outcome: str, *, checked: bool) -> Html:
    button = tag("input", type="radio", name="payment", value=token, checked=checked)
    texts = (tag("code", token), tag("span", behaviour), tag("span", outcome, class_="muted"))
    return tag("label", button, *texts, class_="choice")


def _key_fields(key: str) -> list[Html]:
    box = tag("input", name="key", id="key", value=key, required=True, maxlength=255, class_="mono")
    new = tag("button", "New key", class_="button", type="button", data_fresh="key")
    return [tag("label", "Idempotency key", box, class_="grows"), new]
