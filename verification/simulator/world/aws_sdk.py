"""The AWS SDK: every call of the functions stops at the scheduler, then reaches the simulated services."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache, partial
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from botocore.exceptions import ClientError, ReadTimeoutError

from sagakit import dynamodb, idempotency
from sagakit.queues import message
from sagakit.relay import publishing, starting
from verification.simulator.dynamodb.in_memory_dynamodb import Refused
from verification.simulator.names.operation_names import operation_name
from verification.simulator.world.scheduler import Call

if TYPE_CHECKING:
    from verification.simulator.world.simulation import Simulation

ENDPOINT = "https://service.invalid"
CLIENTS: dict[str, Any] = {
    "dynamodb": dynamodb.client,
    "stepfunctions": starting.sfn,
    "sqs": message.sqs,
    "events": publishing.bus,
}


class ResponseLost(Exception):
    """The response is lost: the SDK calls again."""


@contextmanager
def connected(sim: "Simulation") -> Iterator[None]:
    """Connect the functions' clients to the simulated services."""
    with ExitStack() as patches:
        for service, client in (*CLIENTS.items(), ("dynamodb", idempotency.client)):
            attempts = client.meta.config.retries["total_max_attempts"]
            patches.enter_context(
                patch.object(client, "_make_api_call", partial(send, sim, service, attempts=attempts))
            )
            patches.enter_context(patch.object(client, "get_paginator", cache(client.get_paginator)))  # slow to make
        yield


def send(sim: "Simulation", service: str, api: str, request: Any, attempts: int = 2) -> Any:
    """Make a call as the SDK does: a transaction has a token, and a lost response is retried."""
    if api == "TransactWriteItems":
        request = {"ClientRequestToken": str(sim.clock.new_id()), **request}
    call = Call(service, api, request, operation_name(api, request))
    for _ in range(attempts):
        fault = sim.scheduler.stop_before(call)
        if fault:
            sim.record_call_fault(fault.name, call)
        try:
            return fault.inject(call, sim) if fault else sim.perform(call)
        except ResponseLost:
            continue
    raise ReadTimeoutError(endpoint_url=ENDPOINT)


def client_error(call: Call, code: str, status: int = 400, **fields: object) -> ClientError:
    """Return the error for a response with this code."""
    kind: type[ClientError] = CLIENTS[call.service].exceptions.from_code(code)
    error: Any = {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": status}, **fields}
    return kind(error, call.api)


def refusal(call: Call, refused: Refused) -> ClientError:
    """Return the error for a write that DynamoDB refused."""
    fields: dict[str, Any] = {}
    if refused.reasons is not None:
        fields["CancellationReasons"] = refused.reasons
    if refused.item is not None:
        fields["Item"] = refused.item.wire
    return client_error(call, refused.code, **fields)


def cancelled(call: Call, reasons: list[dict[str, Any]]) -> ClientError:
    """Return the error for a cancelled transaction."""
    return client_error(call, "TransactionCanceledException", CancellationReasons=reasons)
