"""The top of an order's page: its outcome, its facts, and links to AWS."""

from saga.console.html import Html, facts, join, tag
from saga.console.labels import ago, money_of, order_link, placed_at, quantity_of, status_pill
from saga.console.sections.forms import cancel
from saga.console.sources.source import Environment
from saga.http import Json
from saga.orders.model import Execution
from saga.orders.record import Record
from saga.orders.states import source
from saga.orders.view import view
from saga.stack.kinds import ORDER, RETURN, TRANSACTION, kind_of
from saga.text.durations import duration
from saga.text.money import amount, minor
from saga.text.times import milliseconds

_SOURCES = {"history": "execution history", "events": "events; no execution has a history"}
_SECTIONS = ("graph", "events", "timeline", "attempts", "logs", "commands")


def heading(order_id: str, kind: str = ORDER) -> Html:
    """Return the title of the page, which needs no more than the ID."""
    return tag("h1", f"{kind.capitalize()} ", tag("code", order_id, id="order-id", class_="id"))


def headline(record: Record, environment: Environment) -> Html:
    """Return the order's ID, its status and its outcome in words."""
    links = (tag("a", name.capitalize(), href=f"#{name}") for name in _SECTIONS)
    jump = tag("nav", *links, class_="jump", aria_label="On this page")
    return tag(
        "div",
        heading(record.order_id, record.kind),
        tag("button", "Copy", class_="button small", data_copy="order-id", aria_label=f"Copy the {record.kind} ID"),
        tag("div", jump, cancel(record, environment), class_="aside"),
        tag("p", status_pill(record.status, big=True), tag("span", view(record)["outcome"]), class_="outcome"),
        class_="title",
    )


def summary(record: Record) -> Html:
    """Return what was ordered, when, by which executions, and where the page's data come from."""
    order, placed = record.order, placed_at(record.order)
    return facts(
        {
            **_subject(order),
            "Placed": ago(placed),
            "Took": duration(milliseconds(order["updatedAt"]) - placed) if record.is_over else "still running",
            "Executions": join(*(_execution(each, record) for each in record.executions)) or _no_executions(record),
            "Drawn from": _SOURCES[source(record)],
            **_links(view(record)["links"]),
        }
    )


def _subject(order: Json) -> dict[str, Html | str]:
    """Return what was ordered by whom, or what of which order was returned."""
    if kind_of(order) == RETURN:
        items = ", ".join(quantity_of(line["quantity"], line["productId"]) for line in order["items"])
        of = order_link(order["returnOf"], order["returnOf"])
        reason = {"Reason": order["text"]} if "text" in order else {}
        return {"Return of": of, "Items": items, "Refund": amount(minor(order["refundAmount"])), **reason}
    items = ", ".join(_line(line) for line in order["items"])
    return {"Customer": order["customerId"], "Items": items, "Total": money_of(order)}


def _no_executions(record: Record) -> str:
    return "none: queues coordinate it" if record.kind == TRANSACTION else "none on record"


def _line(line: Json) -> str:
    return f"{quantity_of(line['quantity'], line['productId'])} at {amount(minor(line['price']))}"


def _execution(execution: Execution, record: Record) -> Html:
    """Return the event that started an execution, whose name is the order ID and the event, and its status."""
    started_by = execution.name.removeprefix(f"{record.order_id}-")
    return tag("div", tag("code", started_by), f" {execution.result.lower()}", title=execution.name)


def _links(links: Json) -> dict[str, Html]:
    found = [tag("a", name, " ↗", href=url, target="_blank", rel="noreferrer") for name, url in links.items() if url]
    return {"On AWS": join(*found)} if found else {}
