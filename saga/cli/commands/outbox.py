"""`saga outbox`."""

from collections.abc import Sequence
from itertools import batched
from operator import attrgetter
from typing import Annotated

import typer
from rich.console import RenderableType

from saga.cli.bulk import Bulk, DryRun, Rate, Yes, carry_out, confirm
from saga.cli.commands.order.order_id import EXAMPLE
from saga.cli.context import Context
from saga.cli.progress import step
from saga.cli.register import add
from saga.cli.render.columns import table, when
from saga.cli.time_options import OlderThan, Time, time_of
from saga.failures import UsageFailure
from saga.http import Json
from saga.operations import undispatched
from saga.operations.rate_limit import paced
from saga.operations.undispatched import OutboxEvent
from saga.text.safe import counted
from saga.text.times import iso

app = typer.Typer(
    name="outbox", no_args_is_help=True, help="Sagas that are waiting to be started, and events that were set aside."
)


@add(app, "outbox list", "outbox list --older-than 5m --json", name="list")
def list_(context: Context, older_than: OlderThan = None) -> None:
    """List events whose saga has not been started, and events that were set aside, oldest first."""
    found = undispatched.undispatched(context.stack, until=time_of(older_than))
    context.answer([event.json for event in found], _table(found))


@add(app, "outbox dispatch --dry-run", "outbox dispatch --older-than 5m --yes")
def dispatch(
    context: Context, *, older_than: OlderThan = None, rate: Rate = 5, yes: Yes = False, dry_run: DryRun = False
) -> int:
    """Start the sagas of undispatched events now; publish again the events that were set aside."""

    def act(event: OutboxEvent) -> dict[str, Json]:
        undispatched.dispatch(context.stack, event.order_id, event.type)
        return {"undispatched": False}

    events = undispatched.undispatched(context.stack, until=time_of(older_than))
    bulk = Bulk("dispatch", "event", events, attrgetter("event_id"), _table(events), act, rate)
    return carry_out(context, bulk, yes=yes, dry_run=dry_run)


@add(app, "outbox publish --since 26h --until 25h --dry-run", f"outbox publish --order {EXAMPLE} --yes")
@add(app, "outbox replay --since 2h --until 1h --rate 2 --yes", name="replay")
def publish(
    context: Context,
    *,
    order: Annotated[str | None, typer.Option(help="ID of an order: publish all its events.")] = None,
    since: Time = None,
    until: Time = None,
    rate: Rate = 5,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Publish events again, either of one order or all that were recorded in a period, 100 at once.

    For events that the stream gave up on, or that a consumer lost. Consumers recognise an event by its ID.
    If interrupted, it says up to when it has come: pass that as --since.
    """
    if (order is None) == (since is None):
        raise UsageFailure("which events? Pass --order or --since")
    stack, period = context.stack, (time_of(since) or 0, time_of(until))
    events = undispatched.recorded(stack, *period) if order is None else undispatched.events_of(stack, order)
    if dry_run or not events:
        return context.answer([event.json for event in events], _table(events))
    title, done = f"publish {counted(len(events), 'event')}", 0
    if not yes:
        confirm(title, _table(events))
    try:
        with step(title):
            for batch in paced(batched(events, undispatched.BATCH_SIZE, strict=False), rate):
                undispatched.publish(stack, batch)
                done += len(batch)
    finally:  # an interrupted run says where to continue
        if done < len(events):
            typer.echo(f"{done} of {len(events)} are published; the next is of {iso(events[done].at)}", err=True)
    return context.answer({"published": done}, f"Published {counted(done, 'event')}.")


def _table(events: Sequence[OutboxEvent]) -> RenderableType:
    rows = [
        (each.order_id, each.type, when(each.at), "saga" if each.starts_saga else "", _state(each)) for each in events
    ]
    return table(("order", "event", "recorded", "starts", "state"), rows, "No events.")


def _state(event: OutboxEvent) -> str:
    if event.quarantined:
        return f"set aside after {event.attempts} attempts" if event.attempts else "set aside"
    return "not started" if event.undispatched else ""
