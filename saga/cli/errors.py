"""How a failed command reports its error: one line on stderr and an exit code, never a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

from saga.failures import Failure, Unreachable

# Prefixes of the codes with which AWS rejects wrong or expired credentials.
_REJECTED_CREDENTIALS = ("ExpiredToken", "InvalidClientTokenId", "SignatureDoesNotMatch", "UnrecognizedClient")


@contextmanager
def reported() -> Iterator[None]:
    """Report an expected error of the block and exit with its code. Unexpected errors pass through."""
    try:
        yield
    except (Failure, ClientError, BotoCoreError) as error:
        failure = error if isinstance(error, Failure) else _of_aws(error)
        typer.echo(f"saga: {failure}", err=True)
        raise typer.Exit(failure.exit_code) from error


def _of_aws(error: ClientError | BotoCoreError) -> Failure:
    match error:
        case ClientError() if error.response.get("Error", {}).get("Code", "").startswith(_REJECTED_CREDENTIALS):
            return Unreachable(f"AWS does not accept these credentials: {error}")
        case ClientError():
            return Failure(str(error))
        case NoCredentialsError():
            return Unreachable("no AWS credentials found. Run `aws configure`, or pass --profile")
        case NoRegionError():
            return Unreachable("no AWS region set. Pass --region, or set it in samconfig.toml")
        case _:
            return Unreachable(str(error))
