"""What the AWS clients raise, made by hand."""

from typing import Any

from botocore.exceptions import ClientError

from sagakit import dynamodb
from sagakit.relay import dispatch
from verification.simulator.actors import Call
from verification.simulator.database import Refused

CLIENTS: dict[str, Any] = {"dynamodb": dynamodb.client, "stepfunctions": dispatch.sfn, "events": dispatch.bus}


def client_error(call: Call, code: str, status: int = 400, **shown: object) -> ClientError:
    """Make the error that the service answers with this code."""
    kind: type[ClientError] = CLIENTS[call.service].exceptions.from_code(code)
    error: Any = {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": status}, **shown}
    return kind(error, call.operation)


def refusal(call: Call, refused: Refused) -> ClientError:
    """Make the error in which DynamoDB tells what it refused."""
    shown: dict[str, Any] = {}
    if refused.reasons is not None:
        shown["CancellationReasons"] = refused.reasons
    if refused.item is not None:
        shown["Item"] = refused.item.wire
    return client_error(call, refused.code, **shown)


def cancelled(call: Call, reasons: list[dict[str, Any]]) -> ClientError:
    """Make the error of a cancelled transaction."""
    return client_error(call, "TransactionCanceledException", CancellationReasons=reasons)
