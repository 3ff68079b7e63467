"""What can become of a call. The SDK tries each call twice, so what is lost or refused once may still go well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, ConnectTimeoutError, NoCredentialsError, ReadTimeoutError

from tests.support.asl import TaskFailed
from verification.simulator.actors import Crash
from verification.simulator.errors import cancelled, client_error
from verification.simulator.labels import READS

if TYPE_CHECKING:
    from collections.abc import Callable

    from verification.simulator.actors import Call
    from verification.simulator.run import Run

LONG = 8  # attempts: as many as a transaction makes
FUNCTION_TIMEOUT = 4_000  # milliseconds
LAG = 6  # writes by which an index may be behind
ADDRESS = "https://service.invalid"


class Lost(Exception):
    """The answer did not come; the SDK calls again."""


@dataclass(frozen=True)
class Fault:
    """A fault by its name, the calls that it can befall, what it does to them, and how many calls it goes on for."""

    name: str
    fits: Callable[[Call], bool]
    happen: Callable[[Call, Run], Any]
    lasts: int = 1


def _aws(call: Call) -> bool:
    return call.service != "lambda"


def _writes(call: Call) -> bool:
    return _aws(call) and call.operation not in READS


def _writes_rows(call: Call) -> bool:
    return call.service == "dynamodb" and call.operation not in READS


def _lags(call: Call) -> bool:
    """Tell whether the call may see what was true a moment ago."""
    if call.operation == "Query":
        return "IndexName" in call.request or not call.request.get("ConsistentRead")
    return call.operation == "GetItem" and not call.request.get("ConsistentRead")


def _tried(call: Call, run: Run) -> None:
    """Let it take effect; whatever it answers is not heard."""
    try:
        run.perform(call)
    except ClientError:
        return


def _crash_before(_call: Call, _run: Run) -> None:
    raise Crash("Lambda.Unknown")


def _function_timeout(_call: Call, run: Run) -> None:
    run.clock.pass_by(FUNCTION_TIMEOUT)
    raise Crash("Sandbox.Timedout")


def _crash_after(call: Call, run: Run) -> None:
    _tried(call, run)
    raise Crash("Lambda.Unknown")


def _lost_once(call: Call, run: Run) -> None:
    _tried(call, run)
    raise Lost


def _lost(call: Call, run: Run) -> None:
    _tried(call, run)
    _tried(call, run)
    raise ReadTimeoutError(endpoint_url=ADDRESS)


def _never_arrives(_call: Call, _run: Run) -> None:
    raise ConnectTimeoutError(endpoint_url=ADDRESS)


def _arrives_late(call: Call, run: Run) -> None:
    run.late.append(call)
    raise ReadTimeoutError(endpoint_url=ADDRESS)


def _server_error(call: Call, run: Run) -> None:
    _tried(call, run)
    raise client_error(call, "InternalServerError", 500)


def _throttled(call: Call, run: Run) -> None:
    if call.operation == "TransactWriteItems":
        raise _with_reason(call, run, "ThrottlingError")
    raise client_error(call, "ThrottlingException")


def _conflict(call: Call, run: Run) -> None:
    if call.operation == "TransactWriteItems":
        raise _with_reason(call, run, "TransactionConflict")
    raise client_error(call, "TransactionConflictException")


def _permanent(call: Call, run: Run) -> None:
    if call.operation == "TransactWriteItems":
        raise _with_reason(call, run, "ValidationError")
    raise client_error(call, "AccessDeniedException")


def _no_credentials(_call: Call, _run: Run) -> None:
    raise NoCredentialsError


def _with_reason(call: Call, run: Run, code: str) -> ClientError:
    """Cancel the transaction for this reason, beside the reasons that it has anyhow."""
    reasons = run.reasons(call)
    free = [n for n, reason in enumerate(reasons) if reason["Code"] == "None"]
    reasons[free[-1] if free else -1] = {"Code": code}
    return cancelled(call, reasons)


def _lagging(call: Call, run: Run) -> Any:
    run.db.lag = LAG
    try:
        return run.perform(call)
    finally:
        run.db.lag = 0


def _entry_refused(_call: Call, _run: Run) -> Any:
    return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure", "ErrorMessage": "try again"}]}


def _unprocessed(call: Call, _run: Run) -> Any:
    return {"Responses": {}, "UnprocessedKeys": call.request["RequestItems"]}


def _not_invoked(_call: Call, _run: Run) -> None:
    raise TaskFailed("Lambda.TooManyRequestsException", "no concurrency left")


def _is(*operations: str) -> Callable[[Call], bool]:
    return lambda call: call.operation in operations


FAULTS = (
    Fault("crash before", _aws, _crash_before),
    Fault("crash after", _writes, _crash_after),
    Fault("function timeout", _aws, _function_timeout),
    Fault("response lost", _writes, _lost_once),
    Fault("response lost for good", _writes, _lost),
    Fault("never arrives", _aws, _never_arrives),
    Fault("arrives late", _writes_rows, _arrives_late),
    Fault("server error", _writes, _server_error),
    Fault("throttled", _aws, _throttled),
    Fault("throttled for long", _is("TransactWriteItems"), _throttled, LONG),
    Fault("conflict", _writes_rows, _conflict),
    Fault("conflict for long", _is("TransactWriteItems"), _conflict, LONG),
    Fault("permanent error", _aws, _permanent),
    Fault("no credentials", _aws, _no_credentials),
    Fault("behind", _lags, _lagging),
    Fault("entry refused", _is("PutEvents"), _entry_refused),
    Fault("keys unprocessed", _is("BatchGetItem"), _unprocessed),
    Fault("not invoked", _is("Invoke"), _not_invoked),
)
