"""Guarantees at the end of a run: what clients and events said must match what became of the orders."""

from collections.abc import Iterator

from sagakit.errors import BusinessError, SagaError
from sagakit.saga import Status
from verification.simulator.dynamodb.expressions import Item
from verification.simulator.names.operation_names import event_kind
from verification.simulator.names.saga_table import CANCELLING, PARKED, REFUSAL_EVENTS, RESUMED, SAGA, STARTED
from verification.simulator.world.clients import ACCEPTED
from verification.simulator.world.outbox_stream import POISON
from verification.simulator.world.simulation import Simulation

LAMBDA_ERRORS = ("Lambda.Unknown", "Lambda.TooManyRequestsException", "Sandbox.Timedout", "States.Timeout")
DEADLINE = SAGA.deadline_seconds * 1000  # milliseconds


def broken_guarantees(sim: Simulation) -> list[str]:
    """Return the violated guarantees."""
    checks = (_responses, _cancellations, _publication, _resumptions, _reasons, _errors)
    return [violation for check in checks for violation in check(sim)]


def _responses(sim: Simulation) -> Iterator[str]:
    """One key places one order, and another body under that key is refused."""
    for request in sim.plan.requests:
        accepted = [each for each in sim.clients.responses if each.request == request and each.status == ACCEPTED]
        if request.key and len({(each.order_id, each.other_body) for each in accepted}) > 1:
            yield f"one key of {request.customer} placed {len({each.order_id for each in accepted})} orders"
        new = [each.order_id for each in accepted if not each.replayed]
        if len(set(new)) < len(new):
            yield f"{request.customer} got the same order as new twice"
        if missing := {each.order_id for each in accepted} - set(sim.order_ids):
            yield f"{missing} was accepted but does not exist"


def _cancellations(sim: Simulation) -> Iterator[str]:
    """Check that an order whose cancellation was accepted is cancelled."""
    for row in sim.rows("SAGAS"):
        cancelled = row["status"] in (Status.CANCELLING, Status.FAILED)
        if row["orderId"] in sim.clients.cancellations_accepted and not cancelled:
            yield f"the cancellation of {_name(sim, row)} was accepted, but the order is {row['status']}"


def _publication(sim: Simulation) -> Iterator[str]:
    """Every event reached the bus."""
    for event in sim.rows("EVENTS"):
        if event["orderId"] != POISON and event["eventId"] not in sim.bus.accepted:
            yield f"{event['eventType']} did not reach the bus"


def _resumptions(sim: Simulation) -> Iterator[str]:
    """Check that the operator resumes an order if and only if it is parked."""
    for order_id in sim.order_ids:
        parked = False
        events = [row for row in sim.rows("EVENTS") if row["orderId"] == order_id]
        for event in sorted(events, key=lambda event: event["at"]):
            kind = event_kind(event["eventType"])
            if kind == RESUMED and parked != (event["detail"].get("by") == "operator"):
                yield f"{event['eventType']} by {event['detail']}, and the order was {'' if parked else 'not '}parked"
            parked = kind == PARKED or (parked and kind != RESUMED)


def _reasons(sim: Simulation) -> Iterator[str]:
    """Check that a failed order states the true reason."""
    for row in sim.rows("SAGAS"):
        if row["status"] == Status.FAILED and not _is_true(sim, row, row.get("reason", {}).get("reason", "")):
            yield f"{_name(sim, row)} failed with the wrong reason {row.get('reason')}"


def _is_true(sim: Simulation, row: Item, reason: str) -> bool:
    order_id = row["orderId"]
    events = {event["eventType"]: event for event in sim.rows("EVENTS") if event["orderId"] == order_id}
    executions = [each for each in sim.sfn.executions if each.order_id == order_id]
    if reason in REFUSAL_EVENTS:
        return REFUSAL_EVENTS[reason] in events
    match reason:
        case "CustomerCancelled":
            return order_id in sim.clients.cancellations_requested
        case "DeadlinePassed":
            placed, decided = events[STARTED]["at"], events[CANCELLING]["at"]
            return bool(decided - placed >= DEADLINE - 2 * sim.plan.skew)
        case "ExecutionAborted" | "ExecutionTimedOut" | "ExecutionFailed":
            return any(each.status != "SUCCEEDED" for each in executions)
        case "OutOfTurn":
            return order_id in sim.called_out_of_turn
        case error:
            return error not in NOT_REASONS and any(error in dict(each.errors).values() for each in executions)


def _errors(sim: Simulation) -> Iterator[str]:
    """Check that a step fails with an error of ours, Powertools or Lambda, unless AWS refused it permanently."""
    if sim.faults & {"permanent error", "no credentials"}:
        return
    ours = set(_family(SagaError))
    for function, error in (each for execution in sim.sfn.executions for each in execution.errors):
        if error not in ours and error not in LAMBDA_ERRORS and not error.startswith("Idempotency"):
            yield f"{function} failed with {error}"


def _name(sim: Simulation, row: Item) -> str:
    return sim.trace.order_name(row["orderId"])


def _family(error: type[Exception]) -> Iterator[str]:
    yield error.__name__
    for child in error.__subclasses__():
        yield from _family(child)


NOT_REASONS = set(_family(BusinessError)) - REFUSAL_EVENTS.keys()  # the kit's: they report an earlier decision
