"""What people were told, and what the history says, held against what became of the orders."""

from collections.abc import Iterator

from sagakit.errors import BusinessError, SagaError
from sagakit.saga import Status
from verification.simulator.expressions import Item
from verification.simulator.odd_rows import POISON
from verification.simulator.people import ACCEPTED
from verification.simulator.run import Run
from verification.simulator.table import CANCELLING, PARKED, REFUSALS, RESUMED, SAGA, STARTED

LAMBDA = ("Lambda.Unknown", "Lambda.TooManyRequestsException", "Sandbox.Timedout", "States.Timeout")
DEADLINE = SAGA.deadline_seconds * 1000  # milliseconds


def broken_promises(run: Run) -> list[str]:
    """Give what is not as it was said to be, in words."""
    return [*_answers(run), *_cancellations(run), *_events(run), *_resumptions(run), *_reasons(run), *_defects(run)]


def _answers(run: Run) -> Iterator[str]:
    """The same key is the same order, and another order is refused."""
    for wish in run.plan.wishes:
        accepted = [each for each in run.people.answers if each.wish == wish and each.status == ACCEPTED]
        if wish.key and len({(each.order_id, each.other_body) for each in accepted}) > 1:
            yield f"one key of {wish.customer} placed {len({each.order_id for each in accepted})} orders"
        first = [each.order_id for each in accepted if not each.replayed]
        if len(set(first)) < len(first):
            yield f"{wish.customer} was told twice that an order is new"
        if missing := {each.order_id for each in accepted} - set(run.order_ids):
            yield f"{missing} was accepted, and there is no such order"


def _cancellations(run: Run) -> Iterator[str]:
    """Who was told that his order is cancelled was told the truth."""
    for row in run.rows("SAGAS"):
        if row["orderId"] in run.people.promised and row["status"] not in (Status.CANCELLING, Status.FAILED):
            yield f"{run.story.name(row['orderId'])} is {row['status']}, and was said to be cancelled"


def _events(run: Run) -> Iterator[str]:
    """Every event reached the bus."""
    for event in run.rows("EVENTS"):
        if event["orderId"] != POISON and event["eventId"] not in run.bus.accepted:
            yield f"{event['eventType']} did not reach the bus"


def _resumptions(run: Run) -> Iterator[str]:
    """An order that is parked waits for the operator, and he is refused where it is not."""
    for order_id in run.order_ids:
        parked = False
        events = [row for row in run.rows("EVENTS") if row["orderId"] == order_id]
        for event in sorted(events, key=lambda event: event["at"]):
            kind = event["eventType"].partition("#")[0]
            if kind == RESUMED and parked != (event["detail"].get("by") == "operator"):
                yield f"{event['eventType']} by {event['detail']}, and the order was {'' if parked else 'not '}parked"
            parked = kind == PARKED or (parked and kind != RESUMED)


def _reasons(run: Run) -> Iterator[str]:
    """An order that failed says why, and that is true."""
    for row in run.rows("SAGAS"):
        if row["status"] == Status.FAILED and not _is_true(run, row, row.get("reason", {}).get("reason", "")):
            yield f"{run.story.name(row['orderId'])} failed for {row.get('reason')}, which is not so"


def _is_true(run: Run, row: Item, reason: str) -> bool:
    order_id = row["orderId"]
    events = {event["eventType"]: event for event in run.rows("EVENTS") if event["orderId"] == order_id}
    executions = [each for each in run.sfn.executions if each.order_id == order_id]
    if reason in REFUSALS:
        return REFUSALS[reason] in events
    match reason:
        case "CustomerCancelled":
            return order_id in run.people.asked
        case "DeadlinePassed":
            placed, decided = events[STARTED]["at"], events[CANCELLING]["at"]
            return bool(decided - placed >= DEADLINE - 2 * run.plan.skew)
        case "ExecutionAborted" | "ExecutionTimedOut" | "ExecutionFailed":
            return any(each.status != "SUCCEEDED" for each in executions)
        case "Stray":
            return order_id in run.strays
        case error:
            return error not in NO_REASONS and any(error in dict(each.errors).values() for each in executions)


def _defects(run: Run) -> Iterator[str]:
    """A step fails with an error of ours, of Powertools or of Lambda, unless AWS refused it for good."""
    if run.struck & {"permanent error", "no credentials"}:
        return
    ours = set(_family(SagaError))
    for execution in run.sfn.executions:
        for function, error in execution.errors:
            if error not in ours and error not in LAMBDA and not error.startswith("Idempotency"):
                yield f"{function} failed with {error}"


def _family(error: type[Exception]) -> Iterator[str]:
    yield error.__name__
    for child in error.__subclasses__():
        yield from _family(child)


NO_REASONS = set(_family(BusinessError)) - REFUSALS.keys()  # the kit's: they say what somebody else decided
