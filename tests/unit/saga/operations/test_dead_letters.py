"""Dead letters: a message describes a batch; redriving dispatches what is left of it."""

from typing import Any

import pytest

from saga.failures import Failure
from saga.operations import dead_letters, queue, undispatched
from saga.operations.dead_letters import DeadLetter
from saga.stack.stack import Stack
from saga.text.times import iso
from tests.support import world
from tests.support.bus import Bus
from tests.unit.saga.operations.shop import send


def batch(first: int, last: int) -> dict[str, Any]:
    """Return what Lambda sends about a batch that it has given up on."""
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
    """Send a message about a batch that arrived at the time of the oldest undispatched event."""
    at = undispatched.undispatched(stack)[0].at
    send(stack, "RelayFailureQueueUrl", batch(at, at))
    return dead_letters.dead_letters(stack)[0]


def test_a_message_describes_its_batch_and_can_be_read_again(stack: Stack) -> None:
    send(stack, "RelayFailureQueueUrl", batch(1_767_225_600_000, 1_767_225_601_000))
    letter, again = (dead_letters.dead_letters(stack)[0] for _ in range(2))
    assert letter.message_id == again.message_id
    assert (letter.condition, letter.shard, letter.records) == ("RetryAttemptsExhausted", "shardId-1", 2)
    assert (letter.first, letter.last) == (1_767_225_600_000, 1_767_225_601_000)
    assert "receipt" not in letter.json


def test_redriving_dispatches_what_is_left_and_deletes_the_message(stack: Stack, bus: Bus) -> None:
    order_id = world.placed()
    assert dead_letters.redrive(stack, dead(stack), rate=100) == 1
    assert [message["orderId"] for message in bus.messages] == [order_id]
    assert (dead_letters.dead_letters(stack), undispatched.undispatched(stack)) == ([], [])


def test_an_event_dispatched_meanwhile_is_not_dispatched_again(stack: Stack, bus: Bus) -> None:
    order_id = world.placed()
    letter = dead(stack)
    undispatched.dispatch(stack, order_id, "OrderPlaced")
    assert dead_letters.redrive(stack, letter, rate=100) == 0
    assert len(bus.messages) == 1


def test_events_of_another_time_are_left_alone(stack: Stack) -> None:
    world.placed()
    send(stack, "RelayFailureQueueUrl", batch(1_000, 2_000))
    assert dead_letters.redrive(stack, dead_letters.dead_letters(stack)[0], rate=100) == 0
    assert len(undispatched.undispatched(stack)) == 1


def test_a_message_stays_if_an_event_cannot_be_dispatched(stack: Stack, bus: Bus) -> None:
    world.placed()
    bus.refused.add("OrderPlaced")
    with pytest.raises(Failure, match="could not dispatch"):
        dead_letters.redrive(stack, dead(stack), rate=100)
    assert queue.depth(stack, "RelayFailureQueueUrl") == 1


@pytest.mark.parametrize("body", ["not JSON", "[]", {"Records": []}, {"DDBStreamBatchInfo": None}])
def test_a_foreign_message_is_listed_and_never_deleted(stack: Stack, body: object) -> None:
    send(stack, "RelayFailureQueueUrl", body)
    letter = dead_letters.dead_letters(stack)[0]
    assert letter.condition is None
    with pytest.raises(Failure, match="does not describe a batch"):
        dead_letters.redrive(stack, letter, rate=100)
    assert queue.depth(stack, "RelayFailureQueueUrl") == 1
