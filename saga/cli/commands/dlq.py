"""`saga dlq`: batches of the outbox's stream that could not be published for 23 hours."""

from collections.abc import Sequence
from operator import attrgetter

import typer
from rich.console import RenderableType

from saga.cli.bulk import Bulk, DryRun, Rate, Yes, carry_out
from saga.cli.context import Context
from saga.cli.register import add
from saga.cli.render.columns import table, when
from saga.http import Json
from saga.operations.dead_letters import DeadLetter, dead_letters, redrive
from saga.text.times import iso

app = typer.Typer(name="dlq", no_args_is_help=True, help="The relay's dead-letter queue.")


@add(app, "dlq list", "dlq list -o jsonl", name="list")
def list_(context: Context) -> None:
    """List the messages, oldest first. Each describes a batch that was never published, and names its command."""
    found = dead_letters(context.stack)
    context.answer([letter.json for letter in found], _table(found))


@add(app, "dlq redrive --dry-run", "dlq redrive --rate 2 --yes", name="redrive")
def redrive_(context: Context, *, rate: Rate = 5, yes: Yes = False, dry_run: DryRun = False) -> int:
    """Publish all events of each batch's period, then delete its message. Consumers recognise an event by its ID."""

    def act(letter: DeadLetter) -> dict[str, Json]:
        return {"dispatched": redrive(context.stack, letter, rate)}

    found = dead_letters(context.stack)
    bulk = Bulk("redrive", "message", found, attrgetter("message_id"), _table(found), act, rate)
    return carry_out(context, bulk, yes=yes, dry_run=dry_run)


def _table(letters: Sequence[DeadLetter]) -> RenderableType:
    rows = [
        (each.message_id, when(each.sent), each.condition or "not sent by Lambda", each.records or "", _command(each))
        for each in letters
    ]
    return table(("message", "sent", "condition", "records", "to publish them"), rows, "The queue is empty.")


def _command(letter: DeadLetter) -> str:
    since, until = map(iso, letter.period or (0, 0))
    return f"saga outbox publish --since {since} --until {until}" if letter.period else ""
