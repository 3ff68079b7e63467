"""The outbox: events whose saga has not been started, and events that were set aside."""

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
    Column("Failed attempts", "number wide"),
    Column("State"),
    Column("Dispatch"),
)
_INTRODUCTION = (
    "The relay starts each saga as soon as it is committed. The sweeper retries any that is older than a minute. "
    "An event that cannot be published, or whose saga cannot be started, is set aside. Every sweep tries it again."
)
_EMPTY = empty("✓ The outbox is empty.", "Every saga has been started, and no event is set aside.")


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
    state = pill("set aside", "‖", "parked") if event.quarantined else pill("waiting", "▸", "running")
    form = _dispatch_form(event) if writable else None
    return cells(_COLUMNS, event.type, order, ago(event.at), event.attempts, state, form)


def _dispatch_form(event: OutboxEvent) -> Html:
    label = f"Dispatch now: {event.type} of order {event.order_id}"
    button = tag("button", "Dispatch now", class_="button small", type="submit", aria_label=label)
    return action_form(f"/outbox/{quote(event.order_id, safe='')}/{quote(event.type, safe='')}", button)
