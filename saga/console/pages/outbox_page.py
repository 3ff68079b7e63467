"""The outbox: events that were set aside, and how late the sweeper is with what nobody has started."""

from collections.abc import Sequence
from urllib.parse import quote

from saga.console.elements import Column, cells, markup, table_card
from saga.console.html import Html, empty, tag
from saga.console.labels import ago, order_link
from saga.console.layout import Page
from saga.console.sections.forms import action_form
from saga.operations.outbox_events import OutboxEvent, all_set_aside
from saga.operations.overdue import Overdue, overdue

_COLUMNS = (Column("Event"), Column("Order"), Column("Recorded"), Column("Starts", "wide"), Column("Dispatch"))
_INTRODUCTION = (
    "The relay starts each saga and publishes each event as soon as it is committed. An event that it cannot read, or "
    "that the bus will never take, is set aside. The sweeper tries it again once a minute."
)
_EMPTY = empty("✓ The outbox is empty.", "No event is set aside.")


def build(page: Page) -> None:
    """Add the elements of the page."""
    markup(tag("h1", "Outbox"))
    markup(tag("p", _INTRODUCTION, class_="muted"))
    late = markup()
    rows, below = table_card("Events that were set aside", _COLUMNS)

    def show(found: Sequence[OutboxEvent]) -> None:
        rows.show({event.event_id: _row(event, writable=page.environment.writable) for event in found})
        below.set_content(Html() if found else _EMPTY)

    def show_late(found: Overdue) -> None:
        late.set_content(_late(found))

    page.poll(lambda: page.source.read(all_set_aside), show)
    page.poll(lambda: page.source.read(overdue), show_late)


def _late(found: Overdue) -> Html:
    """Return how late the sweeper is; a saga that nobody has started is an order that is due."""
    if found.since is None:
        return tag("p", "✓ No order is overdue: each has been started or resumed in time.")
    pending, cancelling = (tag("a", each, href=f"/orders?status={each}") for each in ("PENDING", "CANCELLING"))
    text = "The first overdue order was due ", ago(found.since), ". The sweeper starts or resumes it. See "
    return tag("p", *text, pending, " and ", cancelling, ".")


def _row(event: OutboxEvent, *, writable: bool) -> Html:
    order = order_link(event.order_id, event.order_id[:8])
    form = _dispatch_form(event) if writable else None
    return cells(_COLUMNS, event.type, order, ago(event.at), "saga" if event.starts_saga else "", form)


def _dispatch_form(event: OutboxEvent) -> Html:
    label = f"Dispatch now: {event.type} of order {event.order_id}"
    button = tag("button", "Dispatch now", class_="button small", type="submit", aria_label=label)
    return action_form(f"/outbox/{quote(event.order_id, safe='')}/{quote(event.type, safe='')}", button)
