"""How a command tells that it failed."""

from collections.abc import Callable
from functools import wraps

import typer

from saga.failure import Failure, Unreachable


def reported[**P](command: Callable[P, None]) -> Callable[P, None]:
    """Has a command tell its failures on stderr and end with their exit code, without a traceback."""

    @wraps(command)
    def reporting(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except Exception as error:
            failure = _as_failure(error)
            typer.echo(f"saga: {failure}", err=True)
            raise typer.Exit(failure.exit_code) from error

    return reporting


def _as_failure(error: Exception) -> Failure:
    """Raises the error again when nobody expected it."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - only a failure is worth half a second

    match error:
        case Failure():
            return error
        case ClientError():
            return Failure(str(error))
        case BotoCoreError():
            return Unreachable(str(error))
        case _:
            raise error
