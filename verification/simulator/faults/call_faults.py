"""Faults of a single call. The SDK tries each call twice, so a fault that hits once may have no effect."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from botocore.exceptions import ClientError, ConnectTimeoutError, NoCredentialsError, ReadTimeoutError

from tests.support.asl import TaskFailed
from verification.simulator.names.operation_names import READS
from verification.simulator.world.aws_sdk import ENDPOINT, ResponseLost, cancelled, client_error
from verification.simulator.world.event_bus import MALFORMED, event_id
from verification.simulator.world.scheduler import Call, Crash, Fault
from verification.simulator.world.simulation import Simulation

LONG = 8  # calls: as many attempts as a transaction makes
RESENDS = 3  # calls: as often as an entry is sent before the stream delivers it again
FUNCTION_TIMEOUT = 4_000  # milliseconds
NOT_INVOKED = "not invoked"

type Inject = Callable[[Call, Simulation], Any]


def _aws(call: Call) -> bool:
    return call.service != "lambda"


def _write(call: Call) -> bool:
    return _aws(call) and call.api not in READS


def _dynamodb_write(call: Call) -> bool:
    return call.service == "dynamodb" and call.api not in READS


def _may_conflict(call: Call) -> bool:
    return _dynamodb_write(call) or call.api == "TransactGetItems"


def _api(name: str) -> Callable[[Call], bool]:
    return lambda call: call.api == name


def _unheard(call: Call, sim: Simulation) -> None:
    """Let the call take effect, and lose its response."""
    try:
        sim.perform(call)
    except ClientError:
        return


def _raise(error: Callable[[], BaseException], effects: int = 0) -> Inject:
    """Return a fault that raises an error after the call took effect a number of times."""

    def inject(call: Call, sim: Simulation) -> None:
        for _ in range(effects):
            _unheard(call, sim)
        raise error()

    return inject


def _function_timeout(_call: Call, sim: Simulation) -> None:
    sim.clock.advance(FUNCTION_TIMEOUT)
    raise Crash("Sandbox.Timedout")


def _request_delayed(call: Call, sim: Simulation) -> None:
    sim.delayed_calls.append(call)
    raise _timeout()


def _server_error(call: Call, sim: Simulation) -> None:
    _unheard(call, sim)
    raise client_error(call, "InternalServerError", 500)


def _error(code: str, reason: str) -> Inject:
    """Return a fault that raises this code, or cancels a transaction for this reason."""

    def inject(call: Call, sim: Simulation) -> None:
        if call.api == "TransactWriteItems":
            raise _cancelled_for(reason, call, sim)
        if call.api == "TransactGetItems":
            raise cancelled(call, [{"Code": reason}])
        raise client_error(call, code)

    return inject


def _cancelled_for(code: str, call: Call, sim: Simulation) -> ClientError:
    """Cancel the transaction for this reason, in addition to the reasons that it has anyway."""
    reasons = sim.cancellation_reasons(call)
    free = [n for n, reason in enumerate(reasons) if reason["Code"] == "None"]
    reasons[free[-1] if free else -1] = {"Code": code}
    return cancelled(call, reasons)


def _refuse_entry(call: Call, sim: Simulation, code: str) -> Any:
    """Let the bus refuse the first entry, and take the others."""
    refused, *others = call.request["Entries"]
    taken = sim.perform(replace(call, request={"Entries": others}))["Entries"] if others else []
    if code == MALFORMED:
        sim.bus.malformed.add(event_id(refused))
    return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": code, "ErrorMessage": code}, *taken]}


def _reads_history(call: Call) -> bool:
    return call.api == "Query" and bool(call.request.get("ConsistentRead"))


def _torn_read(call: Call, sim: Simulation) -> Any:
    """Let others act while the query runs. It finds what they recorded, but not the first of it: it is no snapshot."""
    before = sim.perform(call)["Items"]
    if sim.scheduler.running:
        sim.scheduler.running.suspended = True
    sim.scheduler.stop_before(call)
    found = sim.perform(call)
    new = sorted((item for item in found["Items"] if item not in before), key=lambda item: int(item["at"]["N"]))
    return {**found, "Items": [item for item in found["Items"] if item not in new[:1]]}


def _keys_unprocessed(call: Call, _sim: Simulation) -> Any:
    return {"Responses": {}, "UnprocessedKeys": call.request["RequestItems"]}


_crash = partial(Crash, "Lambda.Unknown")
_timeout = partial(ReadTimeoutError, endpoint_url=ENDPOINT)
_no_concurrency = partial(TaskFailed, "Lambda.TooManyRequestsException", "no concurrency left")
_throttled = _error("ThrottlingException", "ThrottlingError")
_conflict = _error("TransactionConflictException", "TransactionConflict")

CALL_FAULTS = (
    Fault("crash before", _aws, _raise(_crash)),
    Fault("crash after", _write, _raise(_crash, effects=1)),
    Fault("function timeout", _aws, _function_timeout),
    Fault("response lost once", _write, _raise(ResponseLost, effects=1)),
    Fault("response lost", _write, _raise(_timeout, effects=2)),
    Fault("request lost", _aws, _raise(partial(ConnectTimeoutError, endpoint_url=ENDPOINT))),
    Fault("request delayed", _dynamodb_write, _request_delayed),
    Fault("server error", _write, _server_error),
    Fault("throttled", _aws, _throttled),
    Fault("throttled for long", _api("TransactWriteItems"), _throttled, LONG),
    Fault("conflict", _may_conflict, _conflict),
    Fault("conflict for long", _may_conflict, _conflict, LONG),
    Fault("permanent error", _aws, _error("AccessDeniedException", "ValidationError")),
    Fault("no credentials", _aws, _raise(NoCredentialsError)),
    Fault("entry refused", _api("PutEvents"), partial(_refuse_entry, code="InternalFailure")),
    Fault("entry refused for long", _api("PutEvents"), partial(_refuse_entry, code="InternalFailure"), RESENDS),
    Fault("entry malformed", _api("PutEvents"), partial(_refuse_entry, code=MALFORMED)),
    Fault("torn read", _reads_history, _torn_read),
    Fault("keys unprocessed", _api("BatchGetItem"), _keys_unprocessed),
    Fault(NOT_INVOKED, _api("Invoke"), _raise(_no_concurrency)),
)
