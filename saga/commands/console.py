"""The web console, as a command."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from saga.command.asked import Asked
from saga.commands.browser import open_page
from saga.console.listening import DEFAULT_PORT, listen, url
from saga.failure import UsageFailure

if TYPE_CHECKING:
    from collections.abc import Callable
    from socket import socket

    from saga.console.source import Source


def console(
    asked: Asked,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port on loopback; 0 is any that is free.")
    ] = DEFAULT_PORT,
    file: Annotated[Path | None, typer.Option(help="Show an exported order instead of a stack.")] = None,
    write: Annotated[bool, typer.Option("--write", help="Allow to act on a stack on AWS, too.")] = False,  # noqa: FBT002
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the browser.")] = False,  # noqa: FBT002
) -> None:
    """Show orders, stock, outbox, parked orders, breaker and throughput as web pages on loopback, until interrupted."""
    source = _source(asked, file, write=write)
    listener = listen(port)
    address = url(listener)
    asked.answer_next({"url": address}, address)
    if not no_open:
        open_page(address)
    serve = _server()
    with suppress(KeyboardInterrupt):
        serve(source, listener)


def _server() -> "Callable[[Source, socket], None]":
    """Raises UsageFailure where the command was installed without the console."""
    try:
        from saga.console.serving import serve  # noqa: PLC0415 - NiceGUI costs some seconds
    except ModuleNotFoundError as error:
        raise UsageFailure("the console is not installed: pipx install 'order-saga[console]'") from error
    return serve


def _source(asked: Asked, file: Path | None, *, write: bool) -> "Source":
    if file is None:
        from saga.console.live import LiveSource  # noqa: PLC0415 - boto3 costs half a second

        return LiveSource(asked.target, write=write)
    from saga.console.exported import FileSource  # noqa: PLC0415
    from saga.orders.record import of_json  # noqa: PLC0415

    try:
        return FileSource(of_json(file.read_text(encoding="utf-8")), file.name)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageFailure(f"{file} cannot be read: {error}") from error
