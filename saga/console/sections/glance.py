"""The head of an order's page: what became of it, what it is, and where else to look."""

from saga.console.html import Html, join, tag
from saga.console.sections.doing import cancel
from saga.console.source import Environment
from saga.console.words import ago, amount, duration, status_pill
from saga.orders.api_view import milliseconds
from saga.orders.record import Execution, Json, Record
from saga.orders.states import source
from saga.orders.view import view

_SOURCES = {
    "history": "the executions' histories",
    "events": "our own events: the executions left no history",
}
_SECTIONS = ("graph", "events", "timeline", "attempts", "logs", "commands")
_TIMES = "\N{MULTIPLICATION SIGN}"


def placed(record: Record) -> int:
    """When it was accepted, in milliseconds since the epoch: what the page counts from."""
    return milliseconds(record.order["createdAt"])


def heading(order_id: str) -> Html:
    """The page's title, also while nothing is known of the order."""
    return tag("h1", "Order ", tag("code", order_id, id="order-id", class_="id"))


def headline(record: Record, environment: Environment) -> Html:
    """The order's id, its status and its outcome in words."""
    copy = tag("button", "Copy", class_="button small", data_copy="order-id", aria_label="Copy the order's id")
    return tag(
        "div",
        heading(record.order_id),
        copy,
        tag("div", _jump(), cancel(record, environment), class_="aside"),
        tag("p", status_pill(record.status, big=True), tag("span", view(record)["outcome"]), class_="outcome"),
        class_="title",
    )


def facts(record: Record) -> Html:
    """What it is about, when it was, and what the page goes by."""
    order = record.order
    pairs = {
        "Customer": order["customerId"],
        "Items": ", ".join(_line(line) for line in order["items"]),
        "Total": amount(order["totalAmount"]),
        "Placed": ago(placed(record)),
        "Took": duration(milliseconds(order["updatedAt"]) - placed(record)) if record.is_over else "not over yet",
        "Executions": join(*(_execution(each, record) for each in record.executions)) or "none on record",
        "Drawn from": _SOURCES[source(record)],
        **_links(view(record)["links"]),
    }
    return tag("dl", *(tag("div", tag("dt", name), tag("dd", value)) for name, value in pairs.items()), class_="facts")


def _jump() -> Html:
    links = (tag("a", name.capitalize(), href=f"#{name}") for name in _SECTIONS)
    return tag("nav", *links, class_="jump", aria_label="On this page")


def _line(line: Json) -> str:
    return f"{line['quantity']} {_TIMES} {line['productId']} at {amount(line['price'])}"


def _execution(execution: Execution, record: Record) -> Html:
    """By what started it: its name is the order's id and the event's."""
    started_by = execution.name.removeprefix(f"{record.order_id}-")
    return tag("div", tag("code", started_by), f" {execution.status.lower()}", title=execution.name)


def _links(links: Json) -> dict[str, Html]:
    shown = [tag("a", name, " ↗", href=url, target="_blank", rel="noreferrer") for name, url in links.items() if url]
    return {"On AWS": join(*shown)} if shown else {}
