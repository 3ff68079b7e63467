"""Dead letters: a message describes a batch; redriving publishes the events of its period."""

from typing import Any

import pytest

from saga.failures import Failure
from saga.operations import dead_letters, outbox_events, queue
from saga.operations.dead_letters import DeadLetter
from saga.stack.stack import Stack
from saga.text.times import iso
from tests.support import steps, world
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
    """Send a message about a batch that arrived when the first event was recorded."""
    at = min(row["at"] for row in world.rows("EVENTS"))
    send(stack, "RelayFailureQueueUrl", batch(at, at))
    return dead_letters.dead_letters(stack)[0]


def test_a_message_describes_its_batch_and_can_be_read_again(stack: Stack) -> None:
    send(stack, "RelayFailureQueueUrl", batch(1_767_225_600_000, 1_767_225_601_000))
    letter, again = (dead_letters.dead_letters(stack)[0] for _ in range(2))
    assert letter.message_id == again.message_id
    assert (letter.condition, letter.shard, letter.records) == ("RetryAttemptsExhausted", "shardId-1", 2)
    assert (letter.first, letter.last) == (1_767_225_600_000, 1_767_225_601_000)
    assert "receipt" not in letter.json


def test_redriving_publishes_the_events_of_its_period_and_deletes_the_message(stack: Stack, bus: Bus) -> None:
    order_id = steps.confirmed()
    assert dead_letters.redrive(stack, dead(stack), rate=100) == 5
    assert [message["eventId"] for message in bus.messages] == [
        event.event_id for event in outbox_events.events_of(stack, order_id)
    ]
    assert dead_letters.dead_letters(stack) == []


def test_events_of_another_time_are_left_alone(stack: Stack, bus: Bus) -> None:
    world.placed()
    send(stack, "RelayFailureQueueUrl", batch(1_000, 2_000))
    assert dead_letters.redrive(stack, dead_letters.dead_letters(stack)[0], rate=100) == 0
    assert bus.messages == []


def test_a_message_stays_if_its_events_cannot_be_published(stack: Stack, bus: Bus) -> None:
    world.placed()
    bus.refused.add("OrderPlaced")
    with pytest.raises(Failure, match="PublishEvents failed: TransientError: the event bus refused 1 event"):
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
