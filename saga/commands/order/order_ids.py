"""The id of an order, as commands take it, and its completion."""

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer

from saga.failure import Failure
from saga.target import Target

if TYPE_CHECKING:
    from collections.abc import Mapping

PATIENCE = 0.3  # seconds that a press of a key may wait for the stack
_MOST = 160


def complete(context: typer.Context, incomplete: str) -> list[str]:
    """The newest orders whose ids begin so; none when the stack does not answer at once."""
    import saga.orders.listing  # noqa: F401, PLC0415 - loading it is not the stack's fault

    found: list[str] = []
    asking = threading.Thread(target=_find, args=(context.params, incomplete, found), daemon=True)
    asking.start()
    asking.join(PATIENCE)
    return list(found)


def _find(options: "Mapping[str, Any]", incomplete: str, found: list[str]) -> None:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    from saga.orders.listing import newest  # noqa: PLC0415

    with suppress(Failure, BotoCoreError, ClientError):  # the command itself will tell
        names = ("config_env", "stack", "region", "profile")
        stack = Target(**{name: options.get(name) for name in names}).load()
        found.extend(each for each in newest(stack, _MOST) if each.startswith(incomplete))


OrderId = Annotated[str, typer.Argument(help="Id of the order.", autocompletion=complete)]
