"""Guarantees at the end of a run: what clients and events said must match what became of the orders."""

from collections.abc import Iterator

from sagakit.errors import SagaError
from sagakit.event import from_row
from sagakit.saga import Status
from verification.simulator.checker.outbox_rows import SET_ASIDE
from verification.simulator.dynamodb.expressions import Item
from verification.simulator.environment.environment_effects import OUT_OF_TURN
from verification.simulator.names.saga_table import HAS_QUEUES, RETURN
from verification.simulator.world.clients import ACCEPTED, PLACED
from verification.simulator.world.malformed_events import POISON
from verification.simulator.world.outage import DEFECT
from verification.simulator.world.simulation import Simulation

LAMBDA_ERRORS = ("Lambda.Unknown", "Lambda.TooManyRequestsException", "Sandbox.Timedout", "States.Timeout")


def broken_guarantees(sim: Simulation) -> list[str]:
    """Return the violated guarantees."""
    checks = (_responses, _returns, _cancellations, _publication, _malformed, _taken_back, _errors, _messages)
    return [violation for check in checks for violation in check(sim)]


def _responses(sim: Simulation) -> Iterator[str]:
    """One key places one order, and another body under that key is refused."""
    for request in sim.plan.requests:
        accepted = [each for each in sim.clients.responses if each.request == request and each.status == PLACED]
        if request.key and len({(each.order_id, each.other_body) for each in accepted}) > 1:
            yield f"one key of {request.customer} placed {len({each.order_id for each in accepted})} orders"
        new = [each.order_id for each in accepted if not each.replayed]
        if len(set(new)) < len(new):
            yield f"{request.customer} got the same order as new twice"
        if missing := {each.order_id for each in accepted} - set(sim.order_ids):
            yield f"{missing} was accepted but does not exist"


def _returns(sim: Simulation) -> Iterator[str]:
    """One key returns items once, and another body under that key is refused."""
    accepted = [each for each in sim.clients.returned if each.status == ACCEPTED]
    known = {saga_id for saga_id, saga in sim.sagas.items() if saga is RETURN}
    yield from (f"{each.return_id} was accepted but does not exist" for each in accepted if each.return_id not in known)
    new = [each.return_id for each in accepted if not each.replayed]
    if len(set(new)) < len(new):
        yield "a customer got the same return as new twice"
    for key in {(each.order_id, each.wish.key) for each in accepted if each.wish.key}:
        same = {(each.return_id, each.wish.reason) for each in accepted if (each.order_id, each.wish.key) == key}
        if len(same) > 1:
            yield f"one key stands for {len(same)} returns"
    open_ones = [row for row in sim.rows("SAGAS") if row["saga"] == RETURN.name and row["status"] != Status.CONFIRMED]
    yield from (f"{_name(sim, row)} is {row['status']} in the end" for row in open_ones)


def _messages(sim: Simulation) -> Iterator[str]:
    """Check that no message is left, in a queue or dead, except those of transactions that never existed."""
    for queue in sim.queues.queues.values() if HAS_QUEUES else ():
        dead = [letter for letter in queue.dead if letter.message.saga_id in sim.sagas]
        yield from (f"{letter.message.state} is left in a queue" for letter in (*queue.letters, *dead))


def _cancellations(sim: Simulation) -> Iterator[str]:
    """Check that an order whose cancellation was accepted is cancelled."""
    for row in sim.rows("SAGAS"):
        cancelled = row["status"] in (Status.CANCELLING, Status.FAILED)
        if row["orderId"] in sim.clients.cancellations_accepted and not cancelled:
            yield f"the cancellation of {_name(sim, row)} was accepted, but the order is {row['status']}"


def _publication(sim: Simulation) -> Iterator[str]:
    """Every event reached the bus, or is where an operator finds it: set aside, or in the failure queue."""
    queue = {record["dynamodb"]["NewImage"].get("eventId", {}).get("S") for record in sim.stream.publishing.given_up}
    for event in (each for each in sim.rows("EVENTS") if each["orderId"] != POISON):
        malformed = event["eventId"] in sim.bus.malformed and event.get("undispatched") == SET_ASIDE
        if event["eventId"] not in sim.bus.accepted | queue and not malformed:
            yield f"{event['eventType']} did not reach the bus"


def _malformed(sim: Simulation) -> Iterator[str]:
    """Check that a row that is no event is where an operator finds it: set aside, or in the failure queue."""
    queue = [record["dynamodb"]["NewImage"].get("eventType") for record in sim.stream.publishing.given_up]
    malformed = (row for row in sim.rows("EVENTS") if not isinstance(row.get("detail"), dict))
    for row in (each for each in malformed if {"S": each["eventType"]} not in queue):
        if row.get("undispatched") != SET_ASIDE:
            yield f"a malformed row is not set aside, but {row.get('undispatched', 'taken back')}"


def _taken_back(sim: Simulation) -> Iterator[str]:
    """Check that only what can be neither read nor published nor started is left: the last sweep tried all again."""
    for row in (each for each in sim.rows("EVENTS") if each.get("undispatched") == SET_ASIDE):
        can_be_published = row.get("detail") == {} and not row["startsSaga"]
        if (row["orderId"] != POISON or can_be_published) and from_row(row).id not in sim.bus.malformed:
            yield f"{row['eventType']} is still set aside"


def _errors(sim: Simulation) -> Iterator[str]:
    """Check that a step fails with an error of ours or Lambda's, unless AWS refused it permanently."""
    if sim.faults.keys() & {"permanent error", "no credentials", DEFECT}:
        return
    ours = set(_family(SagaError))
    in_turn = (each for each in sim.sfn.executions if OUT_OF_TURN not in each.name)
    for function, error in (each for execution in in_turn for each in execution.errors):
        if error not in ours and error not in LAMBDA_ERRORS:
            yield f"{function} failed with {error}"


def _name(sim: Simulation, row: Item) -> str:
    return sim.trace.order_name(row["orderId"])


def _family(error: type[Exception]) -> Iterator[str]:
    yield error.__name__
    for child in error.__subclasses__():
        yield from _family(child)
