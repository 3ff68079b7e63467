"""`saga graph`."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from saga.cli.commands.order.order_id import EXAMPLE, complete
from saga.cli.commands.order.reports import Kind
from saga.cli.context import Context
from saga.cli.files import write
from saga.cli.register import add
from saga.failures import Failure, UsageFailure
from saga.graph import DefinitionError
from saga.graph.formats import SUFFIXES, FontError, Format, draw
from saga.graph.outcome import Statuses
from saga.graph.terminal import to_text
from saga.http import Json
from saga.orders.reader import read
from saga.orders.states import source, statuses
from saga.stack.kinds import ORDER

app = typer.Typer()


@add(app, "graph", "graph --kind transaction --out saga.png", f"graph {EXAMPLE} --out order.svg")
def graph(
    context: Context,
    order_id: Annotated[
        str | None,
        typer.Argument(help="ID of an order, a transaction or a return, to draw its path.", autocompletion=complete),
    ] = None,
    kind: Annotated[
        Kind | None, typer.Option(help="Kind of the saga to draw, without an ID.", show_default=ORDER)
    ] = None,
    out: Annotated[Path | None, typer.Option(help=f"File to write: {', '.join(SUFFIXES)}.")] = None,
    chosen: Annotated[
        Format | None, typer.Option("--format", help="Format of the drawing.", show_default="the file's, or text")
    ] = None,
) -> None:
    """Draw a deployed state machine, or one order's path through it. As JSON, print the outcome of each state.

    Queues coordinate transactions: each edge names the queue that carries the message. Their drawing is not read from
    the stack, which doesn't have it, but comes with this command.
    """
    if order_id and kind:
        raise UsageFailure("pass an ID or --kind, not both")
    drawn_as = chosen or _by_suffix(out)
    definition, states, origin = _drawing(context, order_id, kind or ORDER)
    if out is not None:
        write(out, _bytes(drawn_as, definition, states))
        text = f"Wrote {out}, states by {origin}" if order_id else f"Wrote {out}"
        context.answer({"out": str(out), "format": drawn_as.value, "source": origin}, text)
    elif drawn_as is Format.PNG:
        _print_png(_bytes(drawn_as, definition, states))
    elif drawn_as is Format.TEXT:
        context.answer(_data(definition, states, origin), to_text(definition, states))
    else:
        text = _bytes(drawn_as, definition, states).decode().removesuffix("\n")
        context.answer(_data(definition, states, origin), text)


def _by_suffix(out: Path | None) -> Format:
    if out is None:
        return Format.TEXT
    if out.suffix not in SUFFIXES:
        raise UsageFailure(f"Unknown suffix of {out}: expected {', '.join(SUFFIXES)}, or pass --format")
    return SUFFIXES[out.suffix]


def _drawing(context: Context, order_id: str | None, kind: str) -> tuple[Json, Statuses, str]:
    """Return the definition, the statuses of its states, and the source of the statuses."""
    if order_id is None:
        return json.loads(context.stack.definition(kind)), None, "definition"
    record = read(context.stack, order_id)
    return record.definition, statuses(record), source(record)


def _data(definition: Json, states: Statuses, origin: str) -> Json:
    def row(name: str, state_type: str) -> Json:
        status = (states or {}).get(name)
        outcome, retries = (status.outcome.value, status.retries) if status else (None, None)
        return {"state": name, "type": state_type, "outcome": outcome, "retries": retries, "source": origin}

    return [row(name, state["Type"]) for name, state in definition["States"].items()]


def _bytes(drawn_as: Format, definition: Json, states: Statuses) -> bytes:
    try:
        return draw(drawn_as, definition, states)
    except (DefinitionError, FontError) as error:
        raise Failure(f"cannot draw the definition: {error}") from error


def _print_png(picture: bytes) -> None:
    if sys.stdout.isatty():
        raise UsageFailure("a terminal cannot show a PNG. Pass --out graph.png")
    sys.stdout.buffer.write(picture)
    sys.stdout.flush()
