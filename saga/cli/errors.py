"""How a failed command reports its error: one line on stderr and an exit code. With SAGA_DEBUG, a traceback as well."""

import os
import traceback
from pathlib import Path

import typer
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

from saga.failures import Failure, Unforeseen, Unreachable

# Prefixes of the codes with which AWS rejects wrong or expired credentials.
_REJECTED_CREDENTIALS = ("ExpiredToken", "InvalidClientTokenId", "SignatureDoesNotMatch", "UnrecognizedClient")


def report(error: Exception) -> int:
    """Print the error and return the exit code."""
    if os.environ.get("SAGA_DEBUG"):
        traceback.print_exception(error)
    failure = error if isinstance(error, Failure) else _failure(error)
    typer.echo(f"saga: {failure}", err=True)
    return failure.exit_code


def _failure(error: Exception) -> Failure:
    match error:
        case ClientError() if error.response.get("Error", {}).get("Code", "").startswith(_REJECTED_CREDENTIALS):
            return Unreachable(f"AWS does not accept these credentials: {error}")
        case ClientError():
            return Failure(str(error))
        case NoCredentialsError():
            return Unreachable("no AWS credentials found. Run `aws configure`, or pass --profile")
        case NoRegionError():
            return Unreachable("no AWS region set. Pass --region, or set it in samconfig.toml")
        case BotoCoreError():
            return Unreachable(str(error))
        case _:
            return _unforeseen(error)


def _unforeseen(error: Exception) -> Failure:
    """Name the place, so that the line is of use in a report; the message must not break it."""
    (*_, frame) = traceback.extract_tb(error.__traceback__) or [None]
    place = f" at {Path(frame.filename).name}:{frame.lineno}" if frame else ""
    text = " ".join(f"{type(error).__name__}: {error}".split())
    return Unforeseen(f"unforeseen error{place}: {text} (for the traceback, set SAGA_DEBUG=1)")
