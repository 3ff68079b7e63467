"""The transactions' dead-letter queue: messages that no worker could handle."""

import json
from dataclasses import dataclass
from typing import Any

from saga.failures import Failure
from saga.operations import queue
from saga.stack.kinds import TRANSACTION
from saga.stack.stack import Stack
from saga.text.times import iso

QUEUE = "TransactionDeadLetterQueueUrl"  # absent if the stack has no queues for transactions


@dataclass(frozen=True)
class DeadMessage:
    """A message. `sent` is ms since the epoch; `state` is what was to run next.

    `transaction` and `state` are None if no worker sent it.
    """

    message_id: str
    sent: int
    body: str
    transaction: str | None = None
    state: str | None = None

    @property
    def json(self) -> dict[str, Any]:
        """The message for programs."""
        return {
            "messageId": self.message_id,
            "sentAt": iso(self.sent),
            "transactionId": self.transaction,
            "state": self.state,
        }


def dead_messages(stack: Stack) -> list[DeadMessage]:
    """Return the messages, oldest first, and leave them in the queue."""
    found = queue.messages(stack, QUEUE) if QUEUE in stack.outputs else []
    return [DeadMessage(each["MessageId"], queue.sent(each), each["Body"], *_subject(each["Body"])) for each in found]


def redrive(stack: Stack, message: DeadMessage) -> str:
    """Send the message to the queue of its state again, delete it here, and return the queue's logical ID.

    Sent twice, it does no harm: a state that has run is not run again.

    Raises:
        Failure: no worker sent it, or it is gone.
    """
    if message.transaction is None or message.state is None:
        raise Failure(f"message {message.message_id} is not a transaction's")
    name = json.loads(stack.definition(TRANSACTION))["States"].get(message.state, {}).get("Queue", "")
    urls = dict(stack.resources("AWS::SQS::Queue"))
    if name not in urls:
        raise Failure(f"message {message.message_id} is for {message.state!r}, which no queue of the stack serves")
    found = {each["MessageId"]: each for each in queue.messages(stack, QUEUE, message.message_id)}
    if message.message_id not in found:
        raise Failure(f"message {message.message_id} is gone, or somebody else is receiving it")
    stack.session.client("sqs").send_message(
        QueueUrl=urls[name],
        MessageBody=message.body,
        MessageGroupId=message.transaction,
        # The original one might still be known. Of two attempts to redrive the message, only the first counts.
        MessageDeduplicationId=f"redrive-{message.message_id}",
    )
    queue.delete(stack, QUEUE, found[message.message_id]["ReceiptHandle"])
    return str(name)


def _subject(body: str) -> tuple[str | None, str | None]:
    """Return the transaction and the state; None if no worker wrote this message."""
    try:
        message = json.loads(body)
        transaction, state = message["saga_id"], message["state"]
    except (ValueError, KeyError, TypeError):
        return None, None
    return (transaction, state) if isinstance(transaction, str) and isinstance(state, str) else (None, None)
