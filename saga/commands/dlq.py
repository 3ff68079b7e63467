"""What the relay gave up: batches of the outbox table's stream."""

from typing import TYPE_CHECKING

import typer

from saga.clock import local, now
from saga.command.adding import add
from saga.command.asked import Asked
from saga.commands.bulk import Bulk, DryRun, Rate, Yes, carry_out
from saga.commands.tables import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from saga.operations.dlq import DeadLetter

app = typer.Typer(no_args_is_help=True, help="The dead-letter queue of the relay.")


@add(app, "dlq list", "dlq list -o jsonl", name="list")
def list_(asked: Asked) -> None:
    """List the messages, oldest first. Each tells of a batch of the stream that the relay failed on."""
    from saga.operations import dlq  # noqa: PLC0415 - boto3 costs half a second

    found = dlq.dead_letters(asked.stack)
    asked.answer([letter.json for letter in found], _table(found))


@add(app, "dlq redrive --dry-run", "dlq redrive --rate 2 --yes")
def redrive(asked: Asked, *, rate: Rate = 5, yes: Yes = False, dry_run: DryRun = False) -> int:
    """Dispatch what is still undispatched of the time of each batch, and delete its message."""
    from saga.operations import dlq  # noqa: PLC0415

    stack = asked.stack
    found = dlq.dead_letters(stack)
    bulk = Bulk(
        verb="redrive",
        noun="messages",
        subjects=found,
        name=lambda letter: letter.message_id,
        shown=_table(found),
        act=lambda letter: {"dispatched": dlq.redrive(stack, letter, rate)},
        rate=rate,
    )
    return carry_out(asked, bulk, yes=yes, dry_run=dry_run)


def _table(letters: "Sequence[DeadLetter]") -> "RenderableType":
    current = now()
    rows = [
        (each.message_id, local(each.sent, current), each.condition or "not from Lambda", each.records or "")
        for each in letters
    ]
    return table(("message", "sent", "why", "records"), rows, "the queue is empty")
