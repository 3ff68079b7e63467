"""The errors of the saga, by kind. The state machine tells them apart by class name.

    SagaError
    ├── BusinessError              a rule said no: never retried
    │   ├── InsufficientStock      the shelf does not hold what was ordered
    │   ├── PaymentDeclined        the gateway's final no
    │   ├── OrderCancelled         the door is closed: a forward step came too late
    │   ├── OrderAlreadyConfirmed  the pivot was passed: there is no way back
    │   ├── OrderNotCancelling     a compensation nobody decided on
    │   ├── CompensationIncomplete something could not be undone: the order is parked
    │   └── UnknownOrder           no such order
    └── TransientError             try again: throttles, conflicts, timeouts, an outage

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


class InsufficientStock(BusinessError):
    """The shelf does not hold what was ordered."""


class PaymentDeclined(BusinessError):
    """The gateway said no, for good."""


class OrderCancelled(BusinessError):
    """A forward step found the order no longer PENDING."""


class OrderAlreadyConfirmed(BusinessError):
    """The order is CONFIRMED and cannot be cancelled any more."""


class OrderNotCancelling(BusinessError):
    """A compensation was called for an order nobody decided to cancel."""


class CompensationIncomplete(BusinessError):
    """Something could not be undone; the order is parked for an operator."""


class UnknownOrder(BusinessError):
    """There is no order with this id."""


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
