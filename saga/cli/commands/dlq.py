"""`saga dlq`: batches of the outbox's stream that could not be published for 23 hours, and messages of transactions."""

from collections.abc import Sequence
from operator import attrgetter

import typer
from rich.console import Group, RenderableType

from saga.cli.bulk import Bulk, DryRun, Rate, Yes, carry_out
from saga.cli.context import Context
from saga.cli.register import add
from saga.cli.render.columns import table, when
from saga.http import Json
from saga.operations import dead_transactions
from saga.operations.dead_letters import DeadLetter, dead_letters, redrive
from saga.operations.dead_transactions import DeadMessage, dead_messages
from saga.text.times import iso

app = typer.Typer(name="dlq", no_args_is_help=True, help="The dead-letter queues of the relay and of the transactions.")

type Letter = DeadLetter | DeadMessage


@add(app, "dlq list", "dlq list -o jsonl", name="list")
def list_(context: Context) -> None:
    """List the relay's messages, oldest first, then the transactions'.

    The relay's describe batches that were never published, and name the command. No worker could handle the others.
    """
    found = _found(context)
    context.answer([letter.json for letter in found], _tables(found))


@add(app, "dlq redrive --dry-run", "dlq redrive --rate 2 --yes", name="redrive")
def redrive_(context: Context, *, rate: Rate = 5, yes: Yes = False, dry_run: DryRun = False) -> int:
    """Publish all events of each batch's period, send transactions' messages to their queues, and delete them here.

    Twice does no harm: consumers recognise an event by its ID, and a worker what a transaction has done.
    """

    def act(letter: Letter) -> dict[str, Json]:
        if isinstance(letter, DeadMessage):
            return {"queue": dead_transactions.redrive(context.stack, letter)}
        return {"dispatched": redrive(context.stack, letter, rate)}

    found = _found(context)
    bulk = Bulk[Letter]("redrive", "message", found, attrgetter("message_id"), _tables(found), act, rate)
    return carry_out(context, bulk, yes=yes, dry_run=dry_run)


def _found(context: Context) -> list[Letter]:
    return [*dead_letters(context.stack), *dead_messages(context.stack)]


def _tables(letters: Sequence[Letter]) -> RenderableType:
    relays = [each for each in letters if isinstance(each, DeadLetter)]
    transactions = [each for each in letters if isinstance(each, DeadMessage)]
    rows = [
        (each.message_id, when(each.sent), each.transaction or "not sent by a worker", each.state or "")
        for each in transactions
    ]
    if not transactions:
        return _table(relays)
    found = table(("message", "sent", "transaction", "state"), rows, "")
    return Group(_table(relays), "", found) if relays else found


def _table(letters: Sequence[DeadLetter]) -> RenderableType:
    rows = [
        (each.message_id, when(each.sent), each.condition or "not sent by Lambda", each.records or "", _command(each))
        for each in letters
    ]
    return table(("message", "sent", "condition", "records", "to publish them"), rows, "The queue is empty.")


def _command(letter: DeadLetter) -> str:
    since, until = map(iso, letter.period or (0, 0))
    return f"saga outbox publish --since {since} --until {until}" if letter.period else ""
