"""One order, transaction or return: its outcome, its graph, and everything on record, live."""

from nicegui import ui

from saga.console.elements import Rows, card, markup, scrollable, table
from saga.console.html import Html, join, tag
from saga.console.labels import order_path
from saga.console.layout import NAME, Page
from saga.console.order_reader import OrderReader, Snapshot
from saga.console.sections import attempts, commands, events, forms, header, log_lines, return_list
from saga.console.sections.gantt import gantt
from saga.console.time_travel import TimeTravel
from saga.orders.timeline import timeline


def build(page: Page) -> None:
    """Add the elements of the page."""
    order_id, at = page.request.path_params["order_id"], page.request.query_params.get("at", "")
    ui.page_title(f"Order {order_id[:8]} · {NAME}")
    sections = _Sections(page, order_id, int(at) if at.isdecimal() else None)
    page.poll(OrderReader(page.source, order_id), sections.show)


class _Sections:
    """The elements of the page."""

    def __init__(self, page: Page, order_id: str, at: int | None) -> None:
        self._page = page
        self._headline = markup(header.heading(order_id))
        self._body = ui.element("div").classes("order").props("hidden")
        with self._body:
            self._waiting, self._summary = markup(), markup(classes="card facts-card")
            self._returns = markup()
            with ui.element("div").classes("run"):
                with card("States", "graph", _downloads(order_id)):
                    self._time_travel = TimeTravel(at)
                with card("Events", "events"):
                    self._events = Rows(ui.element("ol").classes("events"), "li")
                    self._balance = markup(tag="p", classes="pad balance")
            with card("Timeline", "timeline"):
                self._timeline = scrollable(markup(), "Timeline to scale")
            with card("Attempts", "attempts"):
                self._attempts = Rows(ui.element("ol").classes("attempts"), "li")
            with card("Logs", "logs"):
                self._no_logs = markup(classes="pad muted")
                self._logs = table("Logs of the functions", log_lines.COLUMNS)
            with card("Commands", "commands"):
                self._commands = markup()

    def show(self, snapshot: Snapshot) -> None:
        """Fill the elements."""
        record, environment = snapshot.record, self._page.environment
        self._body.props(remove="hidden")
        self._headline.set_content(header.headline(record, environment))
        self._waiting.set_content(forms.parked(record, environment) or forms.paused(record, environment) or Html())
        self._summary.set_content(header.summary(record))
        self._returns.set_content(return_list.listing(record))
        self._time_travel.show(record)
        self._events.show(events.rows(record))
        self._balance.set_content(events.balance(record))
        self._timeline.set_content(gantt(timeline(record)))
        self._attempts.show(attempts.rows(record))
        self._no_logs.set_content(tag("p", snapshot.no_logs) if snapshot.no_logs else Html())
        self._logs.show({f"{number} {line.at}": log_lines.row(line) for number, line in enumerate(snapshot.logs)})
        self._commands.set_content(commands.commands(record, environment))


def _downloads(order_id: str) -> Html:
    path = order_path(order_id)
    export = tag("a", "Export (JSON)", href=f"{path}/export.json", download=True)
    return join(export, " · ", tag("a", "Graph (SVG)", href=f"{path}/graph.svg", download=True))
