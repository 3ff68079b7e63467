"""The outbox: what stands undispatched, and dispatching events again."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from saga.clock import local, moment, now
from saga.command.adding import add
from saga.command.asked import Asked
from saga.commands.bulk import Bulk, DryRun, OlderThan, Rate, Yes, carry_out
from saga.commands.tables import table
from saga.failure import UsageFailure
from saga.operations.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import RenderableType

    from saga.operations.outbox import OutboxEvent
    from saga.stack import Stack

app = typer.Typer(no_args_is_help=True, help="Events on their way to the saga and to the event bus.")

Time = Annotated[str | None, typer.Option(help="90s, 15m, 2h or 7d ago, or a time such as 2026-01-31T12:00:00Z.")]


@add(app, "outbox list", "outbox list --older-than 5m --json", name="list")
def list_(asked: Asked, older_than: OlderThan = None) -> None:
    """List the events that are not dispatched yet, oldest first."""
    found = _undispatched(asked.stack, older_than)
    asked.answer([event.json for event in found], _table(found))


@add(app, "outbox dispatch --dry-run", "outbox dispatch --older-than 5m --yes")
def dispatch(
    asked: Asked, *, older_than: OlderThan = None, rate: Rate = 5, yes: Yes = False, dry_run: DryRun = False
) -> int:
    """Dispatch now what is not dispatched yet, those events among it that the sweeper has given up."""
    stack = asked.stack
    return carry_out(
        asked, _bulk("dispatch", _undispatched(stack, older_than), _dispatching(stack), rate), yes=yes, dry_run=dry_run
    )


@add(
    app,
    "outbox replay --order 28ace766-6b22-580f-8cb3-791fa2fce880 --dry-run",
    "outbox replay --since 2h --until 1h --rate 2 --yes",
)
def replay(  # noqa: PLR0913 - a parameter for each option
    asked: Asked,
    *,
    order: Annotated[str | None, typer.Option(help="Id of an order: all its events.")] = None,
    since: Time = None,
    until: Time = None,
    rate: Rate = 5,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> int:
    """Dispatch events again: of one order, or of the orders placed in a time.

    Sagas are not run twice, and consumers know an event by its id. Broken off, it goes on where it was.
    """
    if (order is None) == (since is None):
        raise UsageFailure("which events? Give --order or --since")
    stack = asked.stack
    journal = Journal(f"replay {stack.outputs['StateMachineArn']} {order} {since} {until}")
    left = _left(_events(stack, order, since, until), journal)
    bulk = _bulk("replay", left, _dispatching(stack, journal.add), rate)
    code = carry_out(asked, bulk, yes=yes, dry_run=dry_run)
    if not (code or dry_run):
        journal.close()
    return code


def _events(stack: "Stack", order: str | None, since: str | None, until: str | None) -> "list[OutboxEvent]":
    from saga.operations import outbox  # noqa: PLC0415 - boto3 costs half a second

    if since is None:
        return outbox.events_of(stack, order or "")
    current = now()
    return list(outbox.events_since(stack, moment(since, current), None if until is None else moment(until, current)))


def _left(events: "Sequence[OutboxEvent]", journal: Journal) -> "list[OutboxEvent]":
    """What an earlier run of the same replay has not done."""
    done = journal.done()
    left = [event for event in events if event.event_id not in done]
    if len(left) < len(events):
        told = (
            f"an earlier run has done {len(events) - len(left)} of {len(events)}; to begin anew, delete {journal.path}"
        )
        typer.echo(told, err=True)
    return left


def _undispatched(stack: "Stack", older_than: str | None) -> "list[OutboxEvent]":
    from saga.operations import outbox  # noqa: PLC0415

    return outbox.undispatched(stack, until=None if older_than is None else moment(older_than, now()))


def _dispatching(
    stack: "Stack", note: "Callable[[str], None]" = lambda _event_id: None
) -> "Callable[[OutboxEvent], dict[str, Any]]":
    from saga.operations import outbox  # noqa: PLC0415

    def act(event: "OutboxEvent") -> dict[str, Any]:
        outbox.dispatch(stack, event.order_id, event.type)
        note(event.event_id)
        return {"undispatched": False}  # it was crossed off

    return act


def _bulk(
    verb: str, events: "list[OutboxEvent]", act: "Callable[[OutboxEvent], dict[str, Any]]", rate: float
) -> "Bulk[OutboxEvent]":
    return Bulk(verb, "events", events, lambda event: event.event_id, _table(events), act, rate)


def _table(events: "Sequence[OutboxEvent]") -> "RenderableType":
    current = now()
    rows = [
        (each.order_id, each.type, local(each.at, current), "saga" if each.starts_saga else "", _standing(each))
        for each in events
    ]
    return table(("order", "event", "happened", "starts", ""), rows, "no event")


def _standing(event: "OutboxEvent") -> str:
    if event.set_aside:
        return f"set aside after {event.attempts} attempts"
    return "undispatched" if event.undispatched else "dispatched"
