"""A queue's worker: it runs the state that a message names, and passes the saga on or tries it again."""

import io
import json
from dataclasses import asdict
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from sagakit import eventlog, guard
from sagakit.parking import park
from sagakit.queues.message import Message
from sagakit.queues.route import END, route
from sagakit.queues.worker import DELAYS, ENOUGH
from sagas import TRANSACTION
from tests.support import steps, world
from tests.support.queues import Queues
from tests.support.stopped_clock import SECOND, StoppedClock
from tests.support.template import queues as logical_ids

pytestmark = pytest.mark.usefixtures("world")

RUN = "a-run"
CANCELLED = {"Error": "SagaCancelled", "Cause": "the saga is CANCELLING"}
FAILURES = {"RefundPayment": {"Error": "RefundRefused", "Cause": "charge_disputed"}}


def put(queues: Queues, state: str, saga_id: str, **fields: Any) -> str:
    """Put the message for a state into its queue; return the queue."""
    message = Message(TRANSACTION.name, saga_id, RUN, state, **fields)
    queues.put(message.stop.queue, json.dumps(asdict(message)), saga_id)
    return message.stop.queue


def handle(queues: Queues, state: str, saga_id: str, **fields: Any) -> bool:
    """Let the worker handle a message for this state once; return whether that worked."""
    return not queues.deliver(put(queues, state, saga_id, **fields))


def try_until_it_ends(queues: Queues, still: StoppedClock, queue: str) -> int:
    """Deliver the only message until the worker reports no failure; return how often it was delivered."""
    attempts = 1
    while queues.deliver(queue):
        (message,) = queues.waiting
        assert message.visible_at == still.now + queues.delays[-1] * SECOND
        still.now, attempts = message.visible_at, attempts + 1
    return attempts


def sent(queues: Queues) -> dict[str, Any]:
    """Return the only message that was sent, without what all messages of the run have in common."""
    (request,) = queues.sent
    body = json.loads(request["MessageBody"])
    return {name: value for name, value in body.items() if name in {"state", "error", "failures"} and value}


# --- What follows ---------------------------------------------------------------------------------------------------


def test_the_route_is_that_of_the_table() -> None:
    stops, state, path = route(TRANSACTION.name), "StartTransaction", list[tuple[str, str]]()
    while state != END:
        path.append((state, stops[state].queue))
        state = stops[state].following
    assert path == [
        ("StartTransaction", "transaction"),
        ("ProcessPayment", "ProcessPayment"),
        ("ReserveInventory", "ReserveInventory"),
        ("ConfirmTransaction", "transaction"),
    ]
    assert [(state, stop.queue, stop.following) for state, stop in stops.items()][4:] == [
        ("CancelTransaction", "compensation", "ReleaseInventory"),
        ("ReleaseInventory", "compensation", "RefundPayment"),
        ("RefundPayment", "compensation", "FailTransaction"),
        ("FailTransaction", "compensation", END),
    ]
    assert {stop.queue for stop in stops.values()} == logical_ids().keys()


@pytest.mark.parametrize("state", [state for state, stop in route(TRANSACTION.name).items() if stop.following])
def test_after_a_state_the_next_one_is_sent_once_for_the_run_in_the_sagas_group(queues: Queues, state: str) -> None:
    saga_id = steps.before(state, TRANSACTION) if state in steps.states(TRANSACTION) else world.transaction()
    following = route(TRANSACTION.name)[state].following
    assert handle(queues, state, saga_id, error=CANCELLED)
    (request,) = queues.sent
    assert (request["MessageDeduplicationId"], request["MessageGroupId"]) == (f"{RUN}-{following}", saga_id)
    assert request["QueueUrl"].endswith(f"/{logical_ids()[route(TRANSACTION.name)[following].queue]}.fifo")
    message = Message("transaction", saga_id, RUN, following, error=CANCELLED)
    assert json.loads(request["MessageBody"]) == asdict(message)


@pytest.mark.parametrize(
    ("state", "bring"),
    [
        ("ConfirmTransaction", lambda: steps.before("ConfirmTransaction", TRANSACTION)),
        ("FailTransaction", lambda: steps.before("FailTransaction", TRANSACTION)),
        ("CancelTransaction", lambda: steps.confirmed(TRANSACTION)),  # AlreadyConfirmed
        ("FailTransaction", world.transaction),  # NotCancelling
    ],
)
def test_after_the_end_nothing_is_sent(queues: Queues, state: str, bring: steps.Bring) -> None:
    assert handle(queues, state, bring(), error=CANCELLED)
    assert (queues.sent, queues.waiting, queues.delays) == ([], [], [])


def test_a_saga_that_is_paused_or_parked_by_its_last_state_is_left_alone(queues: Queues, still: StoppedClock) -> None:
    saga_id = steps.before("RefundPayment", TRANSACTION)
    passing = {"RefundPayment": {"Error": "TransientError", "Cause": "503"}}
    assert handle(queues, "FailTransaction", saga_id, failures=passing)  # SagaPaused
    assert guard.is_paused(guard.read(saga_id))
    still.now = guard.read(saga_id)["dueAt"]
    assert handle(queues, "FailTransaction", saga_id, failures=FAILURES)  # CompensationIncomplete
    row = guard.read(saga_id)
    assert (row["parked"]["failures"], row["parked"]["notUndone"]) == (
        {"RefundPayment": "RefundRefused"},
        ["PaymentRefunded"],
    )
    assert (queues.sent, queues.delays) == ([], [])


def test_a_refusal_leads_to_the_decision_to_undo_with_the_error(queues: Queues) -> None:
    saga_id = world.transaction(quantity=world.STOCK + 1)
    assert handle(queues, "ReserveInventory", saga_id)
    error = {"Error": "InsufficientStock", "Cause": "monitor: 101 wanted, 100 available"}
    assert sent(queues) == {"state": "CancelTransaction", "error": error}
    assert handle(queues, "CancelTransaction", saga_id, error=error)
    assert guard.read(saga_id)["reason"] == {"reason": error["Error"], "cause": error["Cause"]}


@pytest.mark.parametrize("state", ["ProcessPayment", "ReserveInventory", "ConfirmTransaction"])
def test_a_state_that_finds_its_saga_cancelled_leads_to_the_compensations(queues: Queues, state: str) -> None:
    saga_id = steps.before("ReleaseInventory", TRANSACTION) if state == "ConfirmTransaction" else world.transaction()
    steps.call("CancelTransaction", saga_id)
    assert handle(queues, state, saga_id)
    assert (sent(queues)["state"], sent(queues)["error"]["Error"]) == ("CancelTransaction", "SagaCancelled")


# --- Trying again ---------------------------------------------------------------------------------------------------


def test_a_passing_error_is_tried_again_after_one_and_three_and_three_seconds_and_then_the_saga_is_paused(
    queues: Queues, still: StoppedClock
) -> None:
    saga_id = world.transaction("pm_unavailable")
    assert try_until_it_ends(queues, still, put(queues, "ProcessPayment", saga_id)) == len(DELAYS) + 1
    assert (tuple(queues.delays), DELAYS) == ((1, 3, 3), (1, 3, 3))
    paused = guard.read(saga_id)["paused"]
    assert (paused["state"], paused["reason"], paused["cause"]) == (
        "ProcessPayment",
        "TransientError",
        "the gateway answered 503",
    )
    assert (queues.sent, queues.waiting, queues.dead) == ([], [], [])


def test_an_error_that_passes_is_forgotten(queues: Queues, still: StoppedClock) -> None:
    saga_id = world.transaction("pm_flaky")
    assert try_until_it_ends(queues, still, put(queues, "ProcessPayment", saga_id)) == 3
    assert (sent(queues), "paused" in guard.read(saga_id)) == ({"state": "ReserveInventory"}, False)


@pytest.mark.parametrize(
    ("token", "error", "attempts"),
    [("pm_return_down", "TransientError", 4), ("pm_return_refused", "RefundRefused", 1)],
)
def test_a_compensation_that_fails_passes_its_error_on_at_once_if_waiting_cannot_help(
    queues: Queues, still: StoppedClock, token: str, error: str, attempts: int
) -> None:
    saga_id = world.transaction(token)
    steps.process(saga_id)
    steps.call("CancelTransaction", saga_id)
    earlier = {"ReleaseInventory": {"Error": "ProductGone", "Cause": "product monitor is gone"}}
    queue = put(queues, "RefundPayment", saga_id, failures=earlier)
    assert try_until_it_ends(queues, still, queue) == attempts
    failures = sent(queues)["failures"]
    assert sent(queues)["state"] == "FailTransaction"
    assert failures.pop("RefundPayment")["Error"] == error
    assert failures == earlier


def test_with_too_little_time_left_nothing_is_begun(queues: Queues) -> None:
    saga_id = world.transaction()
    before = world.snapshot()
    queue = put(queues, "ProcessPayment", saga_id)
    assert queues.deliver(queue, remaining_ms=ENOUGH - 1)
    assert (world.snapshot(), queues.sent, queues.delays) == (before, [], [1])


def test_a_next_message_that_the_queue_does_not_take_is_sent_after_the_redelivery(
    queues: Queues, still: StoppedClock
) -> None:
    saga_id = world.transaction()
    queue = put(queues, "ProcessPayment", saga_id)
    queues.refuses = EndpointConnectionError(endpoint_url="https://sqs")
    assert queues.deliver(queue)
    before, queues.refuses = world.snapshot(), None
    assert world.events(saga_id)[-1] == "PaymentCharged"
    still.advance(SECOND)
    assert not queues.deliver(queue)
    assert (sent(queues), world.snapshot()) == ({"state": "ReserveInventory"}, before)


def test_a_message_that_is_delivered_again_after_success_changes_nothing_and_sends_the_same(queues: Queues) -> None:
    saga_id = world.transaction()
    assert handle(queues, "ProcessPayment", saga_id)
    before, waiting = world.snapshot(), len(queues.waiting)
    assert handle(queues, "ProcessPayment", saga_id)
    first, second = queues.sent
    assert (first, len(queues.waiting), world.snapshot()) == (second, waiting, before)


# --- Batches --------------------------------------------------------------------------------------------------------

MESSAGE = {"saga": "transaction", "saga_id": "t", "run": RUN, "state": "ProcessPayment"}
NO_MESSAGES = {
    "no JSON": "{",
    "no object": "[]",
    "a field missing": json.dumps({"saga": "transaction"}),
    "a field too many": json.dumps({**MESSAGE, "more": 1}),
    "an unknown saga": json.dumps({**MESSAGE, "saga": "trip"}),
    "an unknown state": json.dumps({**MESSAGE, "state": "BookSeat"}),
    "an unknown id": json.dumps(MESSAGE),
}


@pytest.mark.parametrize("body", [pytest.param(body, id=name) for name, body in NO_MESSAGES.items()])
def test_what_cannot_be_handled_becomes_a_dead_letter_and_holds_up_no_other_group(
    queues: Queues, still: StoppedClock, log: io.StringIO, body: str
) -> None:
    saga_id = world.transaction()
    queues.put("ProcessPayment", body, "another group")
    put(queues, "ProcessPayment", saga_id)
    (failed,) = queues.deliver("ProcessPayment")
    assert (failed.body, world.events(saga_id)[-1]) == (body, "PaymentCharged")
    assert log.getvalue()
    queues.run(still)
    assert ([letter.body for letter in queues.dead], world.status(saga_id)) == ([body], "CONFIRMED")


def test_after_a_failure_the_rest_of_its_group_waits_as_long_and_other_groups_go_on(
    queues: Queues, still: StoppedClock
) -> None:
    failing, good = world.transaction("pm_unavailable"), world.transaction()
    for saga_id in (failing, failing, good):
        put(queues, "ProcessPayment", saga_id)
    failed = queues.deliver("ProcessPayment")
    assert [each.group for each in failed] == [failing, failing]
    assert {each.visible_at for each in failed} == {still.now + DELAYS[0] * SECOND}
    (row,) = [row for row in world.intents() if row["token"] == "pm_unavailable"]
    assert row["confirms"] == 1
    assert world.events(good)[-1] == "PaymentCharged"
    assert [each["MessageGroupId"] for each in queues.sent] == [good]


def test_a_transaction_that_is_parked_is_left_alone(queues: Queues) -> None:
    saga_id = steps.before("RefundPayment", TRANSACTION)
    park(eventlog.history(saga_id), guard.read(saga_id), {}, state="FailTransaction")
    assert handle(queues, "FailTransaction", saga_id, failures=FAILURES)
    assert [event for event in world.events(saga_id) if "Parked" in event] == ["TransactionParked#1"]
