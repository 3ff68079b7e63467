"""The relay starts a saga that queues coordinate with a message, and any other one with an execution."""

import json

import pytest
from botocore.exceptions import EndpointConnectionError

from sagakit import eventlog, guard, resuming
from sagakit.recovery.actions import RecoveryAction, recover_if_needed
from tests.support import steps, stream, world
from tests.support.queues import REMEMBERED, Queues
from tests.support.stopped_clock import StoppedClock

pytestmark = pytest.mark.usefixtures("bus")


def bodies(queues: Queues) -> list[dict[str, str]]:
    return [json.loads(each["MessageBody"]) for each in queues.sent]


def test_a_started_transaction_is_sent_to_its_first_queue_once_and_not_executed(queues: Queues) -> None:
    saga_id = world.transaction()
    for _ in range(2):
        assert stream.start(*stream.records()) == []
    assert (len(queues.waiting), stream.executions()) == (1, {})
    request = queues.sent[0]
    assert request["QueueUrl"].endswith("/OrderQueue.fifo")
    assert request["MessageDeduplicationId"] == f"{saga_id}-TransactionStarted-StartTransaction"
    assert bodies(queues)[0] == {
        "saga": "transaction",
        "saga_id": saga_id,
        "run": f"{saga_id}-TransactionStarted",
        "state": "StartTransaction",
        "error": {},
        "failures": {},
    }


def test_an_order_and_a_return_are_executed_and_sent_to_no_queue(queues: Queues) -> None:
    return_id = steps.STARTED["return"]()
    order_id = guard.read(return_id)["returnOf"]
    stream.start(*stream.records())
    assert sorted(stream.executions()) == sorted([f"{order_id}-OrderPlaced", f"{return_id}-ReturnAccepted"])
    assert queues.sent == []


def test_a_message_that_the_queue_does_not_take_is_sent_by_the_sweeper(queues: Queues, still: StoppedClock) -> None:
    saga_id = world.transaction()
    before, queues.refuses = guard.read(saga_id), EndpointConnectionError(endpoint_url="https://sqs")
    assert stream.start(*stream.records()) == ["0"]
    still.now = before["dueAt"]
    with pytest.raises(EndpointConnectionError):
        recover_if_needed(saga_id)
    assert guard.read(saga_id) == before
    queues.refuses = None
    assert recover_if_needed(saga_id) is RecoveryAction.START
    assert (len(queues.waiting), guard.read(saga_id)["started"]) == (1, "TransactionStarted")


def test_a_message_that_the_stream_has_sent_is_not_sent_again_by_the_sweeper(
    queues: Queues, still: StoppedClock
) -> None:
    saga_id = world.transaction()
    stream.start(*stream.records())
    still.now = guard.read(saga_id)["dueAt"]
    assert recover_if_needed(saga_id) is RecoveryAction.START
    assert len(queues.waiting) == 1


def test_a_resumed_transaction_is_a_run_of_its_own(queues: Queues, still: StoppedClock) -> None:
    saga_id = world.transaction("pm_unavailable")
    queues.execute(saga_id, still)
    still.now = guard.read(saga_id)["dueAt"]
    assert recover_if_needed(saga_id) is RecoveryAction.RESUME
    queues.start(saga_id)
    assert bodies(queues)[-1]["run"] == f"{saga_id}-TransactionResumed-1"
    assert len(queues.waiting) == 1


def test_an_operator_resumes_a_paused_transaction(queues: Queues, still: StoppedClock) -> None:
    saga_id = world.transaction("pm_unavailable")
    queues.execute(saga_id, still)
    resuming.resume(saga_id, "the gateway is back")
    assert eventlog.history(saga_id).last_start.type == "TransactionResumed#1"


def test_a_cancelled_transaction_is_undone_by_a_run_of_its_own(queues: Queues, still: StoppedClock) -> None:
    saga_id = world.transaction("pm_unavailable")
    queues.execute(saga_id, still)
    still.now = guard.read(saga_id)["deadlineAt"]
    assert recover_if_needed(saga_id) is RecoveryAction.CANCEL
    queues.start(saga_id)
    assert bodies(queues)[-1]["run"] == f"{saga_id}-TransactionCancelling"


def test_a_transaction_that_is_started_again_after_the_queue_has_forgotten_it_changes_nothing(
    queues: Queues, still: StoppedClock
) -> None:
    saga_id = world.transaction()
    (record,) = stream.records()
    stream.start(record)
    queues.run(still)
    before = world.snapshot()
    still.advance(REMEMBERED)
    stream.start(record)
    queues.run(still)
    assert len(queues.sent) == 8
    assert (world.status(saga_id), world.snapshot()) == ("CONFIRMED", before)
