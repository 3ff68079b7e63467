"""The AWS clients' way out of the functions: each call stops at the stage, then meets its fate."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from functools import cache, partial
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from botocore.exceptions import ReadTimeoutError

from verification.simulator.actors import Call
from verification.simulator.errors import CLIENTS
from verification.simulator.faults import ADDRESS, Lost
from verification.simulator.labels import deed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verification.simulator.run import Run

SDK_ATTEMPTS = 2  # as sagakit.dynamodb.CONFIG says


@contextmanager
def carried_by(run: Run) -> Iterator[None]:
    """Let the functions' clients call the surroundings of this run."""
    with ExitStack() as patches:
        for service, client in CLIENTS.items():
            patches.enter_context(patch.object(client, "_make_api_call", partial(send, run, service)))
            patches.enter_context(patch.object(client, "get_paginator", cache(client.get_paginator)))  # slow to make
        yield


def send(run: Run, service: str, operation: str, request: Any) -> Any:
    """Make a call as the SDK does: with a token for a transaction, and again when the answer is lost."""
    if operation == "TransactWriteItems":
        request = {"ClientRequestToken": str(run.clock.mint()), **request}
    call = Call(service, operation, request, deed(operation, request))
    for _ in range(SDK_ATTEMPTS):
        fault = run.stage.reach(call)
        if fault:
            run.befall(fault.name, call)
        try:
            return fault.happen(call, run) if fault else run.perform(call)
        except Lost:
            continue
    raise ReadTimeoutError(endpoint_url=ADDRESS)
