"""Executions of the saga: the real definition and the real handlers, with the invariants checked after every call."""

from collections.abc import Iterator

import pytest

from saga.reconcile.invariants import violations
from sagakit import guard
from sagakit.recovery.actions import RecoveryAction, recover_if_needed
from sagakit.relay import starting
from sagas import ORDER
from tests.support import lambdas, world
from tests.support.asl import Invoke, Json, Outcome, run
from tests.support.stopped_clock import StoppedClock
from tests.support.template import definition

HAPPY = FORWARD = [*(step.state for step in ORDER.forward), "ConfirmOrder"]
COMPENSATION = ["CancelOrder", *(each.state for each in ORDER.compensations), "FailOrder"]
UNDONE = [*COMPENSATION, "OrderFailed"]
GIVEN_UP = [*COMPENSATION, "CompensationIncomplete"]
PAUSED = ["PauseOrder", "OrderPaused"]
WAITING = [*COMPENSATION, "OrderPaused"]


def execute(order_id: str, invoke: Invoke = lambdas.invoke) -> Outcome:
    """Execute an order's saga and check the invariants after every call."""
    return run(definition(), {"orderId": order_id}, watched(invoke))


def recovered(order_id: str, still: StoppedClock, after: int = 0) -> RecoveryAction:
    """Let time pass until the order is due, but at least so many milliseconds; return what the sweeper does then.

    The stream has started its last execution, so there is nothing left to start.
    """
    still.now = max(still.now + after, guard.read(order_id)["dueAt"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(starting, "start", lambda _event: False)
        return recover_if_needed(order_id)


def executions(
    order_id: str, still: StoppedClock, invoke: Invoke = lambdas.invoke, every: int = 0
) -> Iterator[Outcome]:
    """Execute the order's saga, and again whenever recovery asks for that, until the order has ended or is parked."""
    yield execute(order_id, invoke)
    while guard.is_open(guard.read(order_id)):
        if recovered(order_id, still, every) in (RecoveryAction.CANCEL, RecoveryAction.RESUME):
            yield execute(order_id, invoke)


def watched(inner: Invoke) -> Invoke:
    """Check the invariants after every call, even one that fails."""

    def call(function: str, payload: Json) -> Json:
        try:
            return inner(function, payload)
        finally:
            assert violations(world.everything()) == []

    return call
