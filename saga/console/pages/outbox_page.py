"""The outbox: committed events that haven't been dispatched."""

from collections.abc import Sequence
from urllib.parse import quote

from saga.console.elements import Column, cells, markup, table_card
from saga.console.html import Html, empty, tag
from saga.console.labels import ago, order_link, pill
from saga.console.layout import Page
from saga.console.sections.forms import action_form
from saga.operations.undispatched import OutboxEvent, undispatched

_COLUMNS = (
    Column("Event"),
    Column("Order"),
    Column("Recorded"),
    Column("Starts the saga", "wide"),
    Column("Sweeper attempts", "number wide"),
    Column("State"),
    Column("Dispatch"),
)
_INTRODUCTION = (
    "The relay dispatches each event as soon as it is committed. The sweeper retries any event older than a minute. "
    "When it gives up, the event is quarantined until you dispatch it."
)
_EMPTY = empty("✓ The outbox is empty.", "Every committed event has been dispatched.")


def build(page: Page) -> None:
    """Add the elements of the page."""
    markup(tag("h1", "Outbox"))
    markup(tag("p", _INTRODUCTION, class_="muted"))
    rows, below = table_card("Undispatched events", _COLUMNS)

    def show(found: Sequence[OutboxEvent]) -> None:
        rows.show({event.event_id: _row(event, writable=page.environment.writable) for event in found})
        below.set_content(Html() if found else _EMPTY)

    page.poll(lambda: page.source.read(undispatched), show)


def _row(event: OutboxEvent, *, writable: bool) -> Html:
    order = order_link(event.order_id, event.order_id[:8])
    starts_saga = "yes" if event.starts_saga else "no"
    state = pill("quarantined", "‖", "parked") if event.quarantined else pill("waiting", "▸", "running")
    form = _dispatch_form(event) if writable else None
    return cells(_COLUMNS, event.type, order, ago(event.at), starts_saga, event.attempts, state, form)


def _dispatch_form(event: OutboxEvent) -> Html:
    label = f"Dispatch now: {event.type} of order {event.order_id}"
    button = tag("button", "Dispatch now", class_="button small", type="submit", aria_label=label)
    return action_form(f"/outbox/{quote(event.order_id, safe='')}/{quote(event.type, safe='')}", button)
