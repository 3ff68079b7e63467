"""The errors of AWS that a retry may cure. Everything that tells a passing error from a defect asks this table."""

from collections.abc import Mapping

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnectionError

from sagakit.errors import TransientError

AWS = "https://docs.aws.amazon.com"
COMMON = f"{AWS}/amazondynamodb/latest/APIReference/CommonErrors.html"
DYNAMODB = f"{AWS}/amazondynamodb/latest/developerguide/Programming.Errors.html"
EVENTS = f"{AWS}/eventbridge/latest/APIReference/API_PutEvents.html"
EXECUTIONS = f"{AWS}/step-functions/latest/apireference/API_StartExecution.html"
MESSAGES = f"{AWS}/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html"
SIGNATURES = f"{AWS}/IAM/latest/UserGuide/signature-v4-troubleshooting.html"
TRANSACTIONS = f"{AWS}/amazondynamodb/latest/APIReference/API_TransactWriteItems.html"

# The source of each error code. An answer with status 5xx is passing, whatever its code.
TRANSIENT: Mapping[str, str] = {
    "InternalServerError": DYNAMODB,
    "ItemCollectionSizeLimitExceededException": DYNAMODB,
    "LimitExceededException": DYNAMODB,
    "ProvisionedThroughputExceededException": DYNAMODB,
    "ReplicatedWriteConflictException": DYNAMODB,
    "RequestLimitExceeded": DYNAMODB,
    "ServiceUnavailable": DYNAMODB,
    "ThrottlingException": DYNAMODB,
    "UnrecognizedClientException": DYNAMODB,
    "TransactionConflictException": TRANSACTIONS,
    "TransactionInProgressException": TRANSACTIONS,
    "ExecutionLimitExceeded": EXECUTIONS,
    "KmsThrottlingException": EXECUTIONS,
    "InternalException": EVENTS,
    "KmsThrottled": MESSAGES,
    "RequestThrottled": MESSAGES,
    "InternalFailure": COMMON,
    # A sandbox that was frozen while it signed sends a signature that has expired; the next one is new.
    "ExpiredTokenException": SIGNATURES,
    "InvalidSignatureException": SIGNATURES,
    "RequestExpired": COMMON,
    "RequestTimeTooSkewed": SIGNATURES,
}

SERVER_FAULT = 500  # HTTP status


def is_transient(error: Exception) -> bool:
    """Return whether a retry may succeed."""
    return isinstance(classified(error) if isinstance(error, BotoCoreError | ClientError) else error, TransientError)


def classified(error: BotoCoreError | ClientError) -> Exception:
    """Return TransientError for what may pass; return any other AWS error as it is."""
    if isinstance(error, HTTPClientError | NoConnectionError):
        return TransientError(type(error).__name__)
    if isinstance(error, BotoCoreError):
        return error
    code = error.response["Error"]["Code"]
    status = error.response["ResponseMetadata"].get("HTTPStatusCode", 0)
    return TransientError(code) if code in TRANSIENT or status >= SERVER_FAULT else error
