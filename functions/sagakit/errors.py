"""The errors of a saga, by kind. The state machine tells them apart by class name.

Anything else is a defect or an unknown outcome: retried a little, then compensated.
"""

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnectionError

THROTTLES = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
SERVER_FAULT = 500  # HTTP status


class SagaError(Exception):
    """Whatever the saga raises on purpose."""


class BusinessError(SagaError):
    """A rule said no; asking again gives the same answer."""


class SagaCancelled(BusinessError):
    """A forward step found the saga no longer PENDING."""


class AlreadyConfirmed(BusinessError):
    """The saga is CONFIRMED and cannot be cancelled any more."""


class NotCancelling(BusinessError):
    """A compensation was called for a saga nobody decided to cancel."""


class CompensationIncomplete(BusinessError):
    """Something could not be undone; the saga is parked for an operator."""


class UnknownSaga(BusinessError):
    """There is no saga with this id."""


class TransientError(SagaError):
    """It may work in a moment; what it did, if anything, is not known."""


def classified(error: BotoCoreError | ClientError) -> Exception:
    """Give an AWS error its kind: throttles, server faults and lost connections are transient, the rest is itself."""
    if isinstance(error, HTTPClientError | NoConnectionError):
        return TransientError(type(error).__name__)
    if isinstance(error, BotoCoreError):
        return error
    code = error.response["Error"]["Code"]
    status = error.response["ResponseMetadata"].get("HTTPStatusCode", 0)
    return TransientError(code) if code in THROTTLES or status >= SERVER_FAULT else error
