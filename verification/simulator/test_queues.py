"""The queues in memory behave like SQS FIFO queues, as far as workers and messages depend on it."""

import os
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest

from sagakit.queues.message import Message
from verification.simulator.coverage_counts import Coverage
from verification.simulator.dynamodb.in_memory_dynamodb import Refused
from verification.simulator.profiles.topics import PAUSING
from verification.simulator.run_plan import draw_plan
from verification.simulator.world.queues import DEDUPLICATED, Queue, Queues, settings
from verification.simulator.world.simulation import Simulation


@pytest.fixture
def queues() -> Iterator[Queues]:
    with (
        patch.dict(os.environ, settings()),
        Simulation(draw_plan(lambda _: 0, [PAUSING]), Coverage(), frozenset()) as sim,
    ):
        queues = Queues(sim)
        # What a worker does is not the question here: it takes what it gets, and dies.
        with patch.object(sim, "invoke"):
            yield queues


def send(queues: Queues, group: str, run: str = "first") -> Queue:
    message = Message("transaction", group, f"{group}-{run}", "StartTransaction")
    message.send()
    return queues.queues[message.url]


@pytest.fixture(autouse=True)
def sends_to(queues: Queues) -> Iterator[None]:
    def send_message(**request: Any) -> Any:
        return queues.serve("SendMessage", request)

    with patch("sagakit.queues.message.sqs.send_message", send_message):
        yield


def groups(queues: Queues, queue: Queue) -> list[str]:
    return [letter.message.saga_id for letter in queue.batch(queues.sim.clock.true)]


def test_a_group_waits_while_one_of_its_messages_is_invisible_and_others_go_on(queues: Queues) -> None:
    send(queues, "one")
    send(queues, "one", "second")
    queue = send(queues, "other")
    assert groups(queues, queue) == ["one", "one", "other"]

    queues.deliver(queue, queue.batch(queues.sim.clock.true)[:1])

    assert groups(queues, queue) == ["other"]


def test_a_message_that_nobody_handles_is_visible_again_after_the_timeout(queues: Queues) -> None:
    queue = send(queues, "one")
    queues.deliver(queue, queue.letters)

    queues.sim.clock.advance(queue.timeout - 1)
    assert groups(queues, queue) == []
    queues.sim.clock.advance(1)
    assert groups(queues, queue) == ["one"]


def test_a_worker_changes_when_a_message_is_visible_again(queues: Queues) -> None:
    queue = send(queues, "one")
    queues.deliver(queue, queue.letters)
    request = {"QueueUrl": queue.url, "ReceiptHandle": queue.letters[0].receipt, "VisibilityTimeout": 3}

    queues.serve("ChangeMessageVisibility", request)
    queues.sim.clock.advance(3_000)

    assert groups(queues, queue) == ["one"]
    with pytest.raises(Refused):
        queues.serve("ChangeMessageVisibility", request)


def test_a_second_message_of_a_run_is_dropped_for_five_minutes(queues: Queues) -> None:
    queue = send(queues, "one")
    send(queues, "one")
    assert len(queue.letters) == 1

    queues.sim.clock.advance(DEDUPLICATED)
    send(queues, "one")
    assert len(queue.letters) == 2


def test_a_message_that_was_received_too_often_is_dead_until_an_operator_moves_it_back(queues: Queues) -> None:
    queue = send(queues, "one")
    for _ in range(queue.max_receives + 1):
        queues.deliver(queue, queue.letters)
        queues.sim.clock.advance(queue.timeout)
    assert (len(queue.letters), len(queue.dead)) == (0, 1)

    queues.redrive(queue)

    assert groups(queues, queue) == ["one"]
    assert not queue.dead
