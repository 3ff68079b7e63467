"""Executions of the saga: the real definition and the real handlers, with the invariants checked after every call."""

from saga.reconcile.invariants import violations
from sagas import ORDER
from tests.support import lambdas, world
from tests.support.asl import Invoke, Json, Outcome, run
from tests.support.template import definition

FORWARD = [*(step.state for step in ORDER.forward), "ConfirmOrder"]
COMPENSATION = ["CancelOrder", *(each.state for each in ORDER.compensations), "FailOrder"]
HAPPY = [*FORWARD, "OrderConfirmed"]
UNDONE = [*COMPENSATION, "OrderFailed"]
GIVEN_UP = [*COMPENSATION, "CompensationIncomplete"]


def execute(order_id: str, invoke: Invoke = lambdas.invoke) -> Outcome:
    """Execute an order's saga and check the invariants after every call."""
    return run(definition(), {"orderId": order_id}, watched(invoke))


def watched(inner: Invoke) -> Invoke:
    """Check the invariants after every call, even one that fails."""

    def call(function: str, payload: Json) -> Json:
        try:
            return inner(function, payload)
        finally:
            assert violations(world.everything()) == []

    return call
