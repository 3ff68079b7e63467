"""The errors of a saga, by kind. The state machine distinguishes them by class name.

Any other error is a defect or an unknown outcome: the state machine retries it briefly, then pauses the saga.
"""

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnectionError

THROTTLES = frozenset(
    {
        "ExecutionLimitExceeded",
        "InternalServerError",
        "KmsThrottlingException",
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
    """Base class of the errors that a saga raises on purpose."""


class BusinessError(SagaError):
    """A business rule refused; a retry would get the same answer."""


class SagaCancelled(BusinessError):
    """A forward step found that the saga is no longer PENDING."""


class AlreadyConfirmed(BusinessError):
    """The saga is CONFIRMED, so it can no longer be cancelled."""


class NotCancelling(BusinessError):
    """A compensation was called for a saga that is not being cancelled."""


class CompensationIncomplete(BusinessError):
    """A compensation failed; the saga is parked for an operator."""


class SagaPaused(BusinessError):
    """A compensation failed for a passing reason; the saga is paused, and recovery resumes it."""


class NotWaiting(BusinessError):
    """The saga is neither paused nor parked, so nobody can resume it."""


class UnknownSaga(BusinessError):
    """No saga has this id."""


class TransientError(SagaError):
    """A retry may succeed. Whether the failed call had an effect is unknown."""


class StillPending(TransientError):
    """An effect outside is in progress, such as a payment that is processing: wait, and ask again."""


def is_transient(error: Exception) -> bool:
    """Return whether a retry may succeed."""
    return isinstance(classified(error) if isinstance(error, BotoCoreError | ClientError) else error, TransientError)


def classified(error: BotoCoreError | ClientError) -> Exception:
    """Return TransientError for throttles, server faults and lost connections; return any other AWS error as it is."""
    if isinstance(error, HTTPClientError | NoConnectionError):
        return TransientError(type(error).__name__)
    if isinstance(error, BotoCoreError):
        return error
    code = error.response["Error"]["Code"]
    status = error.response["ResponseMetadata"].get("HTTPStatusCode", 0)
    return TransientError(code) if code in THROTTLES or status >= SERVER_FAULT else error
