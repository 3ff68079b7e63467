"""The outbox: events that were committed and not dispatched yet."""

from collections.abc import Sequence
from urllib.parse import quote

from nicegui import ui

from saga.console.columns import Column, cells, header
from saga.console.elements import piece, table
from saga.console.frame import Console, frame
from saga.console.html import Html, tag
from saga.console.poller import Poller
from saga.console.words import ago, pill
from saga.operations.outbox import OutboxEvent

_COLUMNS = (
    Column("Event"),
    Column("Order"),
    Column("Recorded"),
    Column("Starts the saga", wide=True),
    Column("Tries of the sweeper", number=True, wide=True),
    Column("State"),
    Column("Dispatch"),
)
_WORDS = (
    "The relay dispatches an event as soon as it is committed, and crosses it off. What stands here for longer than a "
    "minute is dispatched by the sweeper; what the sweeper gives up is set aside for you."
)


def add(console: Console) -> None:
    """Adds the page."""

    @ui.page("/outbox")
    def outbox() -> None:
        with frame(console, "Outbox", "/outbox") as page:
            piece(tag("h1", "Outbox"))
            piece(tag("p", _WORDS, class_="muted"))
            with ui.element("div").classes("card"):
                rows = table("Undispatched events", header(_COLUMNS))
                below = piece()

            def show(found: Sequence[OutboxEvent]) -> None:
                writable = console.source.environment().writable
                rows.show({each.event_id: row(each, writable=writable) for each in found})
                below.set_content(Html() if found else _nothing())

            Poller(page.kind, console.source.undispatched, show, page.fail).start()


def row(event: OutboxEvent, *, writable: bool) -> Html:
    """The cells of an event."""
    order = tag("a", event.order_id[:8], href=f"/orders/{quote(event.order_id, safe='')}", class_="mono", data_row=True)
    state = pill("set aside", "‖", "parked") if event.set_aside else pill("waiting", "▸", "running")
    saga = "yes" if event.starts_saga else "no"
    button = _form(event) if writable else None
    return cells(_COLUMNS, event.type, order, ago(event.at), saga, event.attempts, state, button)


def _form(event: OutboxEvent) -> Html:
    action = f"/outbox/{quote(event.order_id, safe='')}/{quote(event.type, safe='')}"
    label = f"Dispatch {event.type} of order {event.order_id} now"
    button = tag("button", "Dispatch now", class_="button small", type="submit", aria_label=label)
    return tag("form", button, tag("span", class_="said", role="status"), action=action, data_send=True)


def _nothing() -> Html:
    words = "Every event that was committed has been dispatched."
    return tag("div", tag("strong", "✓ The outbox is empty."), tag("span", words), class_="empty")
