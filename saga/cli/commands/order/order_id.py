"""The ID of an order as an argument of a command, with completion."""

import threading
from contextlib import suppress
from typing import Annotated

import typer
from botocore.exceptions import BotoCoreError, ClientError

from saga.cli.context import Context
from saga.failures import Failure
from saga.orders.listing import newest

TAB_SECONDS = 0.3  # that pressing the Tab key may wait for the stack
_MOST = 160

EXAMPLE = "11111111-2222-5333-8444-555555555555"


def complete(context: Context, incomplete: str) -> list[str]:
    """Return the newest orders whose IDs begin with `incomplete`; none if the stack doesn't answer in time."""
    found: list[str] = []
    search = threading.Thread(target=_find, args=(context, incomplete, found), daemon=True)
    search.start()
    search.join(TAB_SECONDS)
    return list(found)


def _find(context: Context, incomplete: str, found: list[str]) -> None:
    with suppress(Failure, BotoCoreError, ClientError):  # the command itself reports these
        found.extend(each for each in newest(context.stack, _MOST) if each.startswith(incomplete))


OrderId = Annotated[str, typer.Argument(help="ID of an order, a transaction or a return.", autocompletion=complete)]
