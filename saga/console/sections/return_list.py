"""The returns of an order."""

from saga.console.html import Html, join, tag
from saga.console.labels import ago, next_attempt, order_link, placed_at, quantity_of, status_pill
from saga.http import Json
from saga.orders.record import Record
from saga.stack.tables import status_of
from saga.text.money import amount, minor

_COLUMNS = ("Status", "Return", "Items", "Refund", "Accepted")


def listing(record: Record) -> Html:
    """Return the returns that the order has accepted, oldest first; nothing if there are none."""
    if not record.returns:
        return Html()
    title = tag("header", tag("h2", "Returns", id="returns-title"))
    head = tag("thead", tag("tr", *(tag("th", name, scope="col") for name in _COLUMNS)))
    rows = tag("tbody", *(tag("tr", *(tag("td", cell) for cell in _cells(each))) for each in record.returns))
    found = tag("div", tag("table", head, rows), class_="scroll", tabindex=0, role="region", aria_label="Returns")
    return tag("section", title, found, class_="card", id="returns", aria_labelledby="returns-title")


def _cells(back: Json) -> tuple[Html | str, ...]:
    waits = tag("span", next_attempt(back["paused"]), class_="muted reason") if "paused" in back else None
    items = ", ".join(quantity_of(line["quantity"], line["productId"]) for line in back["items"])
    link = order_link(back["orderId"], back["orderId"])
    return (
        join(status_pill(status_of(back)), waits),
        link,
        items,
        amount(minor(back["refundAmount"])),
        ago(placed_at(back)),
    )
