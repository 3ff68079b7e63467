"""How a command tells that it failed."""

from collections.abc import Callable
from functools import wraps

import typer

from saga.failure import Failure, Unreachable

# What AWS answers to credentials that are wrong or have expired.
_WHO_ARE_YOU = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)


def reported[**P](command: Callable[P, None]) -> Callable[P, None]:
    """Has a command tell its failures on stderr and end with their exit code, without a traceback."""

    @wraps(command)
    def reporting(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except typer.Exit:
            raise
        except Exception as error:
            failure = _as_failure(error)
            typer.echo(f"saga: {failure}", err=True)
            raise typer.Exit(failure.exit_code) from error

    return reporting


def _as_failure(error: Exception) -> Failure:
    """Raises the error again when nobody expected it."""
    from botocore.exceptions import (  # noqa: PLC0415 - only a failure is worth half a second
        BotoCoreError,
        ClientError,
        NoCredentialsError,
        NoRegionError,
    )

    match error:
        case Failure():
            return error
        case ClientError() if error.response.get("Error", {}).get("Code") in _WHO_ARE_YOU:
            return Unreachable(f"AWS does not accept these credentials: {error}")
        case ClientError():
            return Failure(str(error))
        case NoCredentialsError():
            return Unreachable("there are no AWS credentials; set them up: aws configure; or give --profile")
        case NoRegionError():
            return Unreachable("there is no AWS region; give --region, or set it in samconfig.toml")
        case BotoCoreError():
            return Unreachable(str(error))
        case _:
            raise error
