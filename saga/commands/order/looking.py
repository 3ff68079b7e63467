"""Looking at one order, or at two."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from saga.clock import iso
from saga.command.answer import Json
from saga.command.asked import Asked
from saga.commands.browser import open_page
from saga.commands.order.order_ids import OrderId, complete
from saga.console.process import BackgroundConsole
from saga.failure import Failure, UsageFailure
from saga.money import major
from saga.project import ENGINE_HOME

if TYPE_CHECKING:
    from saga.orders.effects import Effect
    from saga.orders.facts import Event
    from saga.orders.record import Record

OrderOrFile = Annotated[
    str, typer.Argument(help="Id of an order, or a file that export wrote.", autocompletion=complete)
]


def show(asked: Asked, order_id: OrderId) -> None:
    """Show an order: what became of it, by which path, with its payment and executions."""
    from rich.console import Group  # noqa: PLC0415 - keeps the command's help fast

    from saga.orders import shown  # noqa: PLC0415
    from saga.orders.view import view  # noqa: PLC0415

    record = _read(asked, order_id)
    asked.answer(view(record), Group(shown.head(record), "", shown.tries(record)))


def events(asked: Asked, order_id: OrderId) -> None:
    """List what each event did to money and stock, oldest first."""
    from saga.orders import shown  # noqa: PLC0415
    from saga.orders.effects import effects  # noqa: PLC0415

    record = _read(asked, order_id)
    told = zip(record.events, effects(record), strict=True)
    asked.answer([_event(event, effect) for event, effect in told], shown.happened(record))


def logs(asked: Asked, order_id: OrderId) -> None:
    """List what all functions logged about an order, oldest first."""
    from saga.orders import shown  # noqa: PLC0415
    from saga.orders.logs import logs as find  # noqa: PLC0415

    lines = find(asked.stack, order_id)
    asked.answer([{**vars(line), "at": iso(line.at)} for line in lines], shown.logged(lines))


def export(
    asked: Asked,
    order_id: OrderId,
    out: Annotated[Path | None, typer.Option(help="File to write; without it, stdout.")] = None,
) -> None:
    """Write all that is on record about an order as one JSON document, which `saga console --file` shows anywhere."""
    from saga.orders.record import to_json  # noqa: PLC0415

    text = to_json(_read(asked, order_id))
    if out is None:
        typer.echo(text, nl=False)
    else:
        write(out, text.encode())
        asked.answer({"out": str(out)}, f"{out} written")


def diff(asked: Asked, a: OrderOrFile, b: OrderOrFile) -> None:
    """Put two orders side by side: path, retries, durations, errors, and the definitions that they ran with."""
    from saga.orders import shown  # noqa: PLC0415
    from saga.orders.diff import diff as compare  # noqa: PLC0415

    difference = compare(_found(asked, a), _found(asked, b))
    asked.answer(difference, shown.compared(difference))


def open_(asked: Asked, order_id: OrderId) -> None:
    """Open the page of an order: the console's, or that of AWS."""
    from saga.orders.links import links  # noqa: PLC0415

    record = _read(asked, order_id)
    url = _console_page(asked, order_id) if asked.stack.on_engine else links(record).get("execution")
    if url is None:
        raise Failure(f"AWS keeps no execution of order {order_id}; see it with: saga console")
    asked.answer({"url": url}, url)
    open_page(url)


def write(path: Path, content: bytes) -> None:
    """Writes a file. Raises UsageFailure when it cannot be written."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise UsageFailure(f"{path} cannot be written: {error.strerror}") from error


def _read(asked: Asked, order_id: str) -> "Record":
    from saga.orders.reading import read  # noqa: PLC0415 - boto3 costs half a second

    return read(asked.stack, order_id)


def _found(asked: Asked, order: str) -> "Record":
    from saga.orders.record import of_json  # noqa: PLC0415

    if not order.endswith(".json"):
        return _read(asked, order)
    try:
        return of_json(Path(order).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageFailure(f"{order} cannot be read: {error}") from error
    except UsageFailure as failure:
        raise UsageFailure(f"{order}: {failure}") from failure


def _event(event: "Event", effect: "Effect") -> Json:
    return {
        "at": iso(event.at),
        "type": event.type,
        "words": effect.words,
        "money": major(effect.money),
        "stock": effect.stock,
        "states": list(effect.states),
        "startsSaga": event.starts_saga,
        "dispatched": event.dispatched,
        "detail": event.detail,
    }


def _console_page(asked: Asked, order_id: str) -> str:
    """The console in the background is about the engine's usual stack."""
    flags = "".join(f" --{name} {value}" for name, value in vars(asked.target).items() if value)
    console = None if flags else BackgroundConsole(ENGINE_HOME).url()
    if console is None:
        raise Failure(f"no console shows this stack; start one: saga console{flags}")
    return f"{console}/orders/{order_id}"
