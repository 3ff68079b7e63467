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
from saga.operations import outbox_events
from saga.operations.outbox_events import OutboxEvent
from saga.operations.rate_limit import paced
from saga.text.safe import counted
from saga.text.times import iso

app = typer.Typer(name="outbox", no_args_is_help=True, help="Events that were set aside; and publishing events again.")


@add(app, "outbox list", "outbox list --older-than 5m --json", name="list")
def list_(context: Context, older_than: OlderThan = None) -> None:
    """List the events that were set aside, oldest first. The sweeper tries them again once a minute.

    A saga that nobody has started is an order that is due: `saga status` says for how long.
    """
    found = outbox_events.all_set_aside(context.stack, time_of(older_than))
    context.answer([event.json for event in found], _table(found))


@add(app, "outbox dispatch --dry-run", "outbox dispatch --older-than 5m --yes")
def dispatch(
    context: Context, *, older_than: OlderThan = None, rate: Rate = 5, yes: Yes = False, dry_run: DryRun = False
) -> int:
    """Publish the events that were set aside now, and start their sagas. What succeeds is taken off the list."""

    def act(event: OutboxEvent) -> dict[str, Json]:
        outbox_events.dispatch(context.stack, event.order_id, event.type)
        return {"setAside": False}

    events = outbox_events.all_set_aside(context.stack, time_of(older_than))
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
    events = outbox_events.recorded(stack, *period) if order is None else outbox_events.events_of(stack, order)
    if dry_run or not events:
        return context.answer([event.json for event in events], _table(events))
    title, done = f"publish {counted(len(events), 'event')}", 0
    if not yes:
        confirm(title, _table(events))
    try:
        with step(title):
            for batch in paced(batched(events, outbox_events.BATCH_SIZE, strict=False), rate):
                outbox_events.publish(stack, batch)
                done += len(batch)
    finally:  # an interrupted run says where to continue
        if done < len(events):
            typer.echo(f"{done} of {len(events)} are published; the next is of {iso(events[done].at)}", err=True)
    return context.answer({"published": done}, f"Published {counted(done, 'event')}.")


def _table(events: Sequence[OutboxEvent]) -> RenderableType:
    rows = [
        (each.order_id, each.type, when(each.at), "saga" * each.starts_saga, "set aside" * each.set_aside)
        for each in events
    ]
    return table(("order", "event", "recorded", "starts", "state"), rows, "No events.")
