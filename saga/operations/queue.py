"""Looking at the messages of a queue without taking them out."""

from collections.abc import Sequence
from itertools import batched
from typing import TYPE_CHECKING, Any

from saga.stack import Stack

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

type Message = Any  # MessageTypeDef, every field of which is optional

_LOOKED_AT = 60  # seconds for which nobody else receives them
_PATIENCE = 1  # second to wait for a message that is not there
_AT_ONCE = 10


def messages(stack: Stack, output: str) -> list[Message]:
    """All messages of the queue whose URL the stack's `output` is. They stay in it, and anybody may receive them."""
    sqs, url = stack.session.client("sqs"), stack.outputs[output]
    found: dict[str, Message] = {}
    try:
        while fresh := {each["MessageId"]: each for each in _receive(sqs, url) if each["MessageId"] not in found}:
            found |= fresh
    finally:
        _give_back(sqs, url, list(found.values()))
    return sorted(found.values(), key=sent)


def sent(message: Message) -> int:
    """When it came into the queue, in ms since the epoch."""
    return int(message["Attributes"]["SentTimestamp"])


def delete(stack: Stack, output: str, receipt: str) -> None:
    """Deletes a message that nobody else has received since; gone already, it changes nothing."""
    stack.session.client("sqs").delete_message(QueueUrl=stack.outputs[output], ReceiptHandle=receipt)


def depth(stack: Stack, output: str) -> int:
    """About how many messages are in the queue, those that somebody looks at among them."""
    answer = stack.session.client("sqs").get_queue_attributes(
        QueueUrl=stack.outputs[output],
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    )
    return sum(int(number) for number in answer["Attributes"].values())


def _receive(sqs: "SQSClient", url: str) -> Sequence[Message]:
    answer = sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=_AT_ONCE,
        VisibilityTimeout=_LOOKED_AT,
        WaitTimeSeconds=_PATIENCE,
        MessageSystemAttributeNames=["SentTimestamp"],
    )
    return answer.get("Messages", [])


def _give_back(sqs: "SQSClient", url: str, received: Sequence[Message]) -> None:
    for some in batched(received, _AT_ONCE, strict=False):
        entries: Any = [
            {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0}
            for number, message in enumerate(some)
        ]
        sqs.change_message_visibility_batch(QueueUrl=url, Entries=entries)
