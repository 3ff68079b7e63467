"""The state machine, drawn, as a command."""

import json
import sys
from enum import StrEnum
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from saga.command.asked import Asked
from saga.commands.order.looking import write
from saga.commands.order.order_ids import complete
from saga.failure import Failure, UsageFailure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import RenderableType

    from saga.command.answer import Json
    from saga.graph import StateStatus

_WIDEST = 10_000  # a file has room for the drawing, so it is never a list


class Format(StrEnum):
    """How to draw it."""

    TEXT = "text"
    SVG = "svg"
    PNG = "png"
    MERMAID = "mermaid"


_ENDINGS = {".txt": Format.TEXT, ".svg": Format.SVG, ".png": Format.PNG, ".mmd": Format.MERMAID}


def graph(
    asked: Asked,
    order_id: Annotated[
        str | None, typer.Argument(help="Id of an order: what became of each state.", autocompletion=complete)
    ] = None,
    out: Annotated[Path | None, typer.Option(help=f"File to write: {', '.join(_ENDINGS)}.")] = None,
    format: Annotated[Format | None, typer.Option(help="Else by the file's ending, or text.")] = None,  # noqa: A002
) -> None:
    """Draw the state machine as it is deployed; with an order, as it went. As JSON, the states' outcomes."""
    chosen = format or _by_ending(out)
    definition, statuses, source = _drawn(asked, order_id)
    if out is not None:
        write(out, _bytes(chosen, definition, statuses))
        told = f"{out} written, states by {source}" if order_id else f"{out} written"
        asked.answer({"out": str(out), "format": chosen.value, "source": source}, told)
    elif chosen is Format.PNG:
        _print_png(_bytes(chosen, definition, statuses))
    else:
        asked.answer(_data(definition, statuses, source), _shown(chosen, definition, statuses))


def _by_ending(out: Path | None) -> Format:
    if out is None:
        return Format.TEXT
    if out.suffix not in _ENDINGS:
        raise UsageFailure(f"{out}: the ending is none of {', '.join(_ENDINGS)}; or give --format")
    return _ENDINGS[out.suffix]


def _drawn(asked: Asked, order_id: str | None) -> "tuple[Json, Mapping[str, StateStatus] | None, str]":
    """What to draw: the definition, what became of its states, and how that is known."""
    if order_id is None:
        return json.loads(asked.stack.definition()), None, "definition"
    from saga.orders.reading import read  # noqa: PLC0415 - boto3 costs half a second
    from saga.orders.states import source, statuses  # noqa: PLC0415

    record = read(asked.stack, order_id)
    return record.definition, statuses(record), source(record)


def _data(definition: "Json", statuses: "Mapping[str, StateStatus] | None", source: str) -> "Json":
    states = statuses or {}
    return [
        {
            "state": name,
            "type": state["Type"],
            "outcome": states[name].outcome.value if name in states else None,
            "retries": states[name].retries if name in states else None,
            "source": source,
        }
        for name, state in definition["States"].items()
    ]


def _shown(chosen: Format, definition: "Json", statuses: "Mapping[str, StateStatus] | None") -> "RenderableType":
    if chosen is Format.TEXT:
        from saga.graph import to_text  # noqa: PLC0415

        return to_text(definition, statuses)
    return _bytes(chosen, definition, statuses).decode().removesuffix("\n")


def _bytes(chosen: Format, definition: "Json", statuses: "Mapping[str, StateStatus] | None") -> bytes:
    """What a file has. Raises Failure when it cannot be drawn."""
    from saga.graph import DefinitionError, FontError, render, to_mermaid, to_png  # noqa: PLC0415

    try:
        match chosen:
            case Format.SVG:
                return render(definition, statuses).encode()
            case Format.PNG:
                return to_png(render(definition, statuses))
            case Format.MERMAID:
                return to_mermaid(definition, statuses).encode()
            case Format.TEXT:
                return _plain(definition, statuses)
    except (DefinitionError, FontError) as error:
        raise Failure(f"it cannot be drawn: {error}") from error


def _plain(definition: "Json", statuses: "Mapping[str, StateStatus] | None") -> bytes:
    from rich.console import Console  # noqa: PLC0415

    from saga.graph import to_text  # noqa: PLC0415

    text = StringIO()
    Console(file=text, width=_WIDEST, no_color=True).print(to_text(definition, statuses))
    return text.getvalue().encode()


def _print_png(picture: bytes) -> None:
    if sys.stdout.isatty():
        raise UsageFailure("a terminal shows no PNG: give --out graph.png")
    sys.stdout.buffer.write(picture)
    sys.stdout.flush()
