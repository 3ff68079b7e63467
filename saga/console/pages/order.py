"""An order: what became of it, its graph, and all that is on record, live."""

from urllib.parse import quote

from fastapi import Request
from nicegui import ui

from saga.console.elements import Rows, card, piece, table
from saga.console.frame import Console, Frame, frame
from saga.console.html import Html, join, tag
from saga.console.poller import Poller
from saga.console.reading import Reading, Seen
from saga.console.replaying import Replay
from saga.console.sections import attempts as tried
from saga.console.sections import commands, doing, events, glance, logs, timeline
from saga.orders.attempts import attempts
from saga.orders.effects import effects
from saga.orders.logs import LogLine
from saga.orders.record import Record
from saga.orders.timeline import timeline as bars


def add(console: Console) -> None:
    """Adds the page."""

    @ui.page("/orders/{order_id}")
    def order(order_id: str, request: Request) -> None:
        at = request.query_params.get("at", "")
        with frame(console, f"Order {order_id[:8]}", "/orders") as page:
            _Page(console, page, order_id, int(at) if at.isdecimal() else None).poll()


class _Page:
    """The elements of one page, and how they are filled."""

    def __init__(self, console: Console, page: Frame, order_id: str, at: int | None) -> None:
        self._console, self._page, self._order_id = console, page, order_id
        self._headline = piece(glance.heading(order_id))
        self._body = ui.element("div").classes("order").props("hidden")
        with self._body:
            self._parked, self._facts = piece(), piece(classes="card facts-card")
            with ui.element("div").classes("run"):
                with card("State machine", "graph", _download(order_id)):
                    self._replay = Replay(at)
                with card("What happened", "events"):
                    self._events = Rows(ui.element("ol").classes("events"), "li")
                    self._balance = piece(tag="p", classes="pad balance")
            with card("Timeline", "timeline"):
                self._timeline = piece(classes="scroll").props('tabindex=0 role=region aria-label="Bars of time"')
            with card("Attempts", "attempts"):
                self._attempts = Rows(ui.element("ol").classes("attempts"), "li")
            with card("Logs", "logs"):
                self._no_logs = piece(classes="pad muted")
                self._logs = table("Logs of the functions", logs.header())
            with card("Commands", "commands"):
                self._commands = piece()

    def poll(self) -> None:
        """Keeps it up to date."""
        source = self._console.source
        reading = Reading(source, self._order_id)
        Poller(self._page.kind, reading, self._show, self._page.fail).start()

    def _show(self, seen: Seen) -> None:
        record, environment = seen.record, self._console.source.environment()
        self._body.props(remove="hidden")
        self._headline.set_content(glance.headline(record, environment))
        self._facts.set_content(glance.facts(record))
        self._parked.set_content(doing.parked(record, environment) or Html())
        self._replay.show(record)
        self._timeline.set_content(timeline.timeline(bars(record)))
        self._commands.set_content(commands.commands(record, environment))
        self._show_events(record)
        self._show_attempts(record)
        self._show_logs(seen.logs)

    def _show_events(self, record: Record) -> None:
        found = effects(record)
        self._events.show({each.event: events.event(each, glance.placed(record)) for each in found})
        self._balance.set_content(events.balance(record))

    def _show_attempts(self, record: Record) -> None:
        found, start = tried.keyed(attempts(record)), glance.placed(record)
        of_state = {each.state: key for key, each in reversed(found.items())}.values()
        of_execution = {each.execution: key for key, each in reversed(found.items())}.values()
        rows = {
            key: tried.attempt(each, start, anchor=key in of_state, begins=key in of_execution)
            for key, each in found.items()
        }
        self._attempts.show(rows)

    def _show_logs(self, found: tuple[LogLine, ...] | str | None) -> None:
        lines = found if isinstance(found, tuple) else ()
        self._logs.show({f"{number} {each.at}": logs.line(each) for number, each in enumerate(lines)})
        self._no_logs.set_content(_said(found))


def _said(found: tuple[LogLine, ...] | str | None) -> Html:
    """Why there are no lines."""
    match found:
        case None:
            return tag("p", "Reading …")
        case str():
            return tag("p", found)
        case ():
            return tag("p", "Nothing was logged.")
        case _:
            return Html()


def _download(order_id: str) -> Html:
    path = f"/orders/{quote(order_id, safe='')}"
    export = tag("a", "Export (JSON)", href=f"{path}/export.json", download=True)
    drawn = tag("a", "Graph (SVG)", href=f"{path}/graph.svg", download=True)
    return join(export, " · ", drawn)
