"""Look at the messages of a queue without consuming them."""

from collections.abc import Sequence
from itertools import batched
from typing import Any

from saga.stack.stack import Stack

type Message = Any  # MessageTypeDef, every field of which is optional

_VISIBILITY_SECONDS = 60
_WAIT_SECONDS = 1
_BATCH_SIZE = 10


def messages(stack: Stack, output: str, wanted: str = "") -> list[Message]:
    """Return all messages of the queue in this stack output, oldest first. Others can receive them again at once.

    Not so the `wanted` message, by its ID: a FIFO queue deletes a message only while nobody else can receive it. Once
    that is found, the search ends.
    """
    sqs, url = stack.session.client("sqs"), stack.outputs[output]
    seen: dict[str, Message] = {}
    complete = False
    try:
        while not complete:
            received: Any = sqs.receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=_BATCH_SIZE,
                VisibilityTimeout=_VISIBILITY_SECONDS,
                WaitTimeSeconds=_WAIT_SECONDS,
                MessageSystemAttributeNames=["SentTimestamp"],
            ).get("Messages", [])
            complete = all(each["MessageId"] in seen for each in received)
            seen |= {each["MessageId"]: each for each in received}
            complete |= wanted in seen
    finally:
        _release(stack, url, [each["ReceiptHandle"] for name, each in seen.items() if name != wanted])
    return sorted(seen.values(), key=sent)


def _release(stack: Stack, url: str, receipts: Sequence[str]) -> None:
    sqs = stack.session.client("sqs")
    for batch in batched(receipts, _BATCH_SIZE, strict=False):
        entries: Any = [
            {"Id": str(number), "ReceiptHandle": receipt, "VisibilityTimeout": 0}
            for number, receipt in enumerate(batch)
        ]
        sqs.change_message_visibility_batch(QueueUrl=url, Entries=entries)


def sent(message: Message) -> int:
    """Return when the message was sent, in ms since the epoch."""
    return int(message["Attributes"]["SentTimestamp"])


def delete(stack: Stack, output: str, receipt: str) -> None:
    """Delete a message, unless another consumer has received it since. Does nothing if it is gone."""
    stack.session.client("sqs").delete_message(QueueUrl=stack.outputs[output], ReceiptHandle=receipt)


def depth(stack: Stack, output: str) -> int:
    """Return the approximate number of messages in the queue, including those being received."""
    response = stack.session.client("sqs").get_queue_attributes(
        QueueUrl=stack.outputs[output],
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    )
    return sum(int(number) for number in response["Attributes"].values())
