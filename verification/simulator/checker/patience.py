"""Patience: an order is never cancelled for a technical reason, and parked only if waiting cannot help any longer."""

from collections.abc import Iterator
from typing import Any

from verification.simulator.checker.waiting import has_new_patience
from verification.simulator.names.saga_table import FINAL, REFUSAL_EVENTS, RETURN, SAGA
from verification.simulator.world.simulation import Simulation


def cancelled(sim: Simulation, before: Any, after: Any) -> Iterator[str]:
    """Check that a refusal, a customer, an aborted execution or the deadline is the reason."""
    if not _is_true(sim, before, after, after["reason"]["reason"]):
        yield f"was cancelled for {after['reason']}"
    if "paused" in after:
        yield "was cancelled, and still waits"
    if not has_new_patience(sim, after):
        yield "was cancelled without new patience"


def _is_true(sim: Simulation, before: Any, after: Any, reason: str) -> bool:
    order_id = after["orderId"]
    if reason in REFUSAL_EVENTS:
        events = {event["eventType"] for event in sim.rows("EVENTS") if event["orderId"] == order_id}
        return REFUSAL_EVENTS[reason] in events
    match reason:
        case "CustomerCancelled":
            return order_id in sim.clients.cancellations_requested
        case "DeadlinePassed":
            return bool(after["updatedAt"] >= before["deadlineAt"])
        case "ExecutionAborted":
            return any(each.status == "ABORTED" for each in sim.sfn.executions if each.order_id == order_id)
        case "OutOfTurn":
            return order_id in sim.called_out_of_turn
        case _:
            return False


def parked(sim: Simulation, before: Any, after: Any) -> Iterator[str]:
    """Check that patience is over, or that what is missing failed for good: of a return, one step is enough."""
    is_return, failures = after["saga"] == RETURN.name, after["parked"]["failures"]
    missing = after["parked"]["notDone" if is_return else "notUndone"]
    runs = [run for run in sim.sfn.executions if run.order_id == after["orderId"]]
    failed = {each for run in runs for each in run.errors}
    states = [each.state for each in (RETURN.forward if is_return else SAGA.compensations) if each.event in missing]
    for_good = [failures.get(each) in FINAL[each] and (each, failures[each]) in failed for each in states]
    if is_return:
        if any(for_good) or any(run.status == "ABORTED" for run in runs):
            return
    elif states and all(for_good):
        return
    if after["updatedAt"] < before["deadlineAt"]:
        yield f"is parked {before['deadlineAt'] - after['updatedAt']} ms too early, for {failures}"
