"""What the relay gave up: a message tells of a batch, and what is left of the batch is dispatched."""

from typing import Any

import pytest

from saga.clock import iso
from saga.failure import Failure
from saga.operations import dlq, outbox, queue
from saga.operations.dlq import DeadLetter
from saga.stack import Stack
from tests.support import world
from tests.support.bus import Bus
from tests.unit.saga.operations.shop import send


def batch(first: int, last: int) -> dict[str, Any]:
    """What Lambda writes of a batch of a stream that it has given up."""
    return {
        "requestContext": {"requestId": "r-1", "condition": "RetryAttemptsExhausted", "approximateInvokeCount": 6},
        "version": "1.0",
        "DDBStreamBatchInfo": {
            "shardId": "shardId-1",
            "approximateArrivalOfFirstRecord": iso(first),
            "approximateArrivalOfLastRecord": iso(last),
            "batchSize": 2,
        },
    }


def dead(stack: Stack) -> DeadLetter:
    """Send a message of a batch that arrived when the oldest undispatched event happened."""
    at = outbox.undispatched(stack)[0].at
    send(stack, "RelayFailureQueueUrl", batch(at, at))
    return dlq.dead_letters(stack)[0]


def test_a_message_says_of_which_batch_it_tells_and_why(stack: Stack) -> None:
    send(stack, "RelayFailureQueueUrl", batch(1_767_225_600_000, 1_767_225_601_000))
    letter, looked_at_again = (dlq.dead_letters(stack)[0] for _ in range(2))
    assert letter.message_id == looked_at_again.message_id
    assert (letter.condition, letter.shard, letter.records) == ("RetryAttemptsExhausted", "shardId-1", 2)
    assert (letter.first, letter.last) == (1_767_225_600_000, 1_767_225_601_000)
    assert "receipt" not in letter.json


def test_redriving_dispatches_what_is_left_and_deletes_the_message(stack: Stack, bus: Bus) -> None:
    order_id = world.placed()
    assert dlq.redrive(stack, dead(stack), rate=100) == 1
    assert [message["orderId"] for message in bus.messages] == [order_id]
    assert (dlq.dead_letters(stack), outbox.undispatched(stack)) == ([], [])


def test_what_was_dispatched_meanwhile_is_not_dispatched_again(stack: Stack, bus: Bus) -> None:
    order_id = world.placed()
    letter = dead(stack)
    outbox.dispatch(stack, order_id, "OrderPlaced")
    assert dlq.redrive(stack, letter, rate=100) == 0
    assert len(bus.messages) == 1


def test_events_of_another_time_are_left_alone(stack: Stack) -> None:
    world.placed()
    send(stack, "RelayFailureQueueUrl", batch(1_000, 2_000))
    assert dlq.redrive(stack, dlq.dead_letters(stack)[0], rate=100) == 0
    assert len(outbox.undispatched(stack)) == 1


def test_a_message_stays_when_its_events_cannot_be_dispatched(stack: Stack, bus: Bus) -> None:
    world.placed()
    bus.refused.add("OrderPlaced")
    with pytest.raises(Failure, match="could not dispatch"):
        dlq.redrive(stack, dead(stack), rate=100)
    assert queue.depth(stack, "RelayFailureQueueUrl") == 1


@pytest.mark.parametrize("body", ["not JSON", "[]", {"Records": []}, {"DDBStreamBatchInfo": None}])
def test_a_message_of_somebody_else_is_shown_and_never_deleted(stack: Stack, body: object) -> None:
    send(stack, "RelayFailureQueueUrl", body)
    letter = dlq.dead_letters(stack)[0]
    assert letter.condition is None
    with pytest.raises(Failure, match="does not tell of a batch"):
        dlq.redrive(stack, letter, rate=100)
    assert queue.depth(stack, "RelayFailureQueueUrl") == 1
