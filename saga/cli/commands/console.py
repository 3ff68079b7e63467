"""`saga console`."""

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from saga.cli.context import Context
from saga.cli.files import read_record
from saga.cli.output import open_page
from saga.cli.register import add
from saga.console.listener import DEFAULT_PORT, listen, url
from saga.console.sources.exported import FileSource
from saga.console.sources.live import LiveSource
from saga.failures import UsageFailure

app = typer.Typer()


@add(app, "console", "console --port 8711 --no-open", "console --file order.json")
def console(
    context: Context,
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on loopback; 0 picks a free one.")] = DEFAULT_PORT,
    file: Annotated[Path | None, typer.Option(help="Show an exported order instead of a stack.")] = None,
    write: Annotated[bool, typer.Option("--write", help="Allow actions on a stack on AWS.")] = False,
    no_open: Annotated[bool, typer.Option("--no-open", help="Don't open the browser.")] = False,
) -> None:
    """Serve the web console on loopback until you interrupt it.

    It shows orders, stock, the outbox, parked orders, the circuit breaker and throughput.
    """
    source = FileSource(read_record(file), file.name) if file else LiveSource(context.target, write=write)
    listener = listen(port)
    address = url(listener)
    context.answer_next({"url": address}, address)
    if not no_open:
        open_page(address)
    try:
        from saga.console.app import serve  # noqa: PLC0415 - NiceGUI is an optional dependency
    except ModuleNotFoundError as error:
        raise UsageFailure("the console is not installed. Run: pipx install 'order-saga[console]'") from error
    with suppress(KeyboardInterrupt):
        serve(source, listener)
