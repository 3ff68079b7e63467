"""`saga outbox`."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Annotated

import typer
from rich.console import RenderableType

from saga.cli.bulk import Bulk, DryRun, Rate, Yes, carry_out
from saga.cli.commands.order.order_id import EXAMPLE
from saga.cli.context import Context
from saga.cli.register import add
from saga.cli.render.columns import table, when
from saga.cli.time_options import OlderThan, Time, time_of
from saga.failures import UsageFailure
from saga.http import Json
from saga.operations import undispatched
from saga.operations.journal import Journal
from saga.operations.undispatched import OutboxEvent
from saga.stack.stack import Stack

app = typer.Typer(name="outbox", no_args_is_help=True, help="Events that are waiting to be dispatched.")


@add(app, "outbox list", "outbox list --older-than 5m --json", name="list")
def list_(context: Context, older_than: OlderThan = None) -> None:
    """List undispatched events, oldest first."""
    found = undispatched.undispatched(context.stack, until=time_of(older_than))
    context.answer([event.json for event in found], _table(found))


@add(app, "outbox dispatch --dry-run", "outbox dispatch --older-than 5m --yes")
def dispatch(
    context: Context, *, older_than: OlderThan = None, rate: Rate = 5, yes: Yes = False, dry_run: DryRun = False
) -> int:
    """Dispatch undispatched events now, including those that the sweeper has quarantined."""
    events = undispatched.undispatched(context.stack, until=time_of(older_than))
    return carry_out(context, _bulk("dispatch", context.stack, events, rate), yes=yes, dry_run=dry_run)


@add(app, f"outbox replay --order {EXAMPLE} --dry-run", "outbox replay --since 2h --until 1h --rate 2 --yes")
def replay(
    context: Context,
    *,
    order: Annotated[str | None, typer.Option(help="ID of an order: replay all its events.")] = None,
    since: Time = None,
    until: Time = None,
    rate: Rate = 5,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> int:
    """Dispatch events again, either of one order or of all orders placed in a period.

    No saga runs twice, and consumers recognise an event by its ID.
    If interrupted, rerun it: it continues where it stopped.
    """
    if (order is None) == (since is None):
        raise UsageFailure("which events? Pass --order or --since")
    stack = context.stack
    journal = Journal(f"replay {stack.outputs['StateMachineArn']} {order} {since} {until}")
    period = time_of(since) or 0, time_of(until)
    events = [*undispatched.events_since(stack, *period)] if order is None else undispatched.events_of(stack, order)
    remaining = _remaining(events, journal)
    code = carry_out(context, _bulk("replay", stack, remaining, rate, journal), yes=yes, dry_run=dry_run)
    if not (code or dry_run):
        journal.close()
    return code


def _remaining(events: Sequence[OutboxEvent], journal: Journal) -> list[OutboxEvent]:
    """Return the events that no earlier run of the same replay has dispatched."""
    done = journal.done()
    remaining = [event for event in events if event.event_id not in done]
    if skipped := len(events) - len(remaining):
        notice = f"{skipped} of {len(events)} events were replayed by an earlier run."
        typer.echo(f"{notice} To start over, delete {journal.path}", err=True)
    return remaining


def _bulk(
    verb: str, stack: Stack, events: list[OutboxEvent], rate: float, journal: Journal | None = None
) -> Bulk[OutboxEvent]:
    def act(event: OutboxEvent) -> dict[str, Json]:
        undispatched.dispatch(stack, event.order_id, event.type)
        if journal:
            journal.add(event.event_id)
        return {"undispatched": False}

    return Bulk(verb, "event", events, attrgetter("event_id"), _table(events), act, rate)


def _table(events: Sequence[OutboxEvent]) -> RenderableType:
    rows = [
        (each.order_id, each.type, when(each.at), "saga" if each.starts_saga else "", _state(each)) for each in events
    ]
    return table(("order", "event", "recorded", "starts", "state"), rows, "No events.")


def _state(event: OutboxEvent) -> str:
    if event.quarantined:
        return f"quarantined after {event.attempts} attempts"
    return "undispatched" if event.undispatched else "dispatched"
