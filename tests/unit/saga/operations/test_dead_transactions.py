"""The transactions' dead letters: listed, and sent back to the queue of their state."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from saga.failures import Failure
from saga.operations import dead_transactions, queue
from saga.operations.dead_transactions import QUEUE, dead_messages
from saga.stack.stack import Stack
from saga.stack.target import Target
from tests.support.cli import answer, saga

OUTPUTS = {QUEUE: "dead.fifo", "Compensation": "compensation.fifo"}


@pytest.fixture
def queued(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """Give the stack two FIFO queues, and make every command target it."""
    sqs = stack.session.client("sqs")
    urls = {
        output: sqs.create_queue(QueueName=name, Attributes={"FifoQueue": "true"})["QueueUrl"]
        for output, name in OUTPUTS.items()
    }
    found = replace(stack, outputs={**stack.outputs, **urls})
    monkeypatch.setattr(Stack, "resources", lambda *_: [("CompensationQueue", urls["Compensation"])])
    monkeypatch.setattr(Target, "load", lambda _target: found)
    yield found
    for url in urls.values():
        sqs.delete_queue(QueueUrl=url)


def die(stack: Stack, body: object, key: str = "1") -> str:
    """Send a message as SQS moves it, and return its ID."""
    text = body if isinstance(body, str) else json.dumps(body)
    sqs = stack.session.client("sqs")
    sent = sqs.send_message(
        QueueUrl=stack.outputs[QUEUE], MessageBody=text, MessageGroupId="t-1", MessageDeduplicationId=key
    )
    return str(sent["MessageId"])


def message(state: str = "RefundPayment") -> dict[str, object]:
    return {"saga": "transaction", "saga_id": "t-1", "run": "r", "state": state, "error": {}, "failures": {}}


def test_a_dead_message_names_its_transaction_and_its_state_and_stays(queued: Stack) -> None:
    message_id = die(queued, message())
    (found,), again = dead_messages(queued), dead_messages(queued)
    assert (found.message_id, found.transaction, found.state) == (message_id, "t-1", "RefundPayment")
    assert [each.message_id for each in again] == [message_id]
    assert "body" not in found.json


def test_redriving_sends_it_unchanged_to_the_queue_of_its_state(queued: Stack) -> None:
    first, second = die(queued, message("ReleaseInventory"), "1"), die(queued, message(), "2")
    found = {each.message_id: each for each in dead_messages(queued)}
    assert dead_transactions.redrive(queued, found[second]) == "CompensationQueue"
    assert [each.message_id for each in dead_messages(queued)] == [first]
    (moved,) = queue.messages(queued, "Compensation")
    assert json.loads(moved["Body"]) == message()
    with pytest.raises(Failure, match="is gone, or somebody else is receiving it"):
        dead_transactions.redrive(queued, found[second])


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("not JSON", "is not a transaction's"),
        ({"saga_id": 1, "state": []}, "is not a transaction's"),
        (message("Unknown"), "is for 'Unknown', which no queue of the stack serves"),
    ],
)
def test_a_message_that_no_queue_serves_is_listed_and_stays(queued: Stack, body: object, why: str) -> None:
    die(queued, body)
    (found,) = dead_messages(queued)
    with pytest.raises(Failure, match=why):
        dead_transactions.redrive(queued, found)
    assert queue.depth(queued, QUEUE) == 1


def test_a_stack_without_queues_has_no_dead_transactions(stack: Stack) -> None:
    assert dead_messages(stack) == []


def test_the_command_lists_and_redrives_them(queued: Stack) -> None:
    message_id = die(queued, message())
    (listed,) = answer("dlq", "list")
    assert (listed["messageId"], listed["transactionId"], listed["state"]) == (message_id, "t-1", "RefundPayment")
    assert "t-1" in saga("dlq", "list").stdout
    assert [each["queue"] for each in answer("dlq", "redrive", "--yes")] == ["CompensationQueue"]
    assert answer("dlq", "list") == []
