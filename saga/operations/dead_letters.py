"""The relay's dead-letter queue. Each message describes a batch of the stream; it does not contain its records."""

import json
from dataclasses import dataclass
from typing import Any

from saga.failures import Failure
from saga.operations import queue, undispatched
from saga.operations.rate_limit import paced
from saga.stack.stack import Stack
from saga.text.times import iso, milliseconds, optional_iso

_QUEUE = "RelayFailureQueueUrl"
_MARGIN = 60_000  # ms by which an event's time may differ from its arrival in the stream


@dataclass(frozen=True)
class DeadLetter:
    """A message. Times are ms since the epoch; `first` and `last` are the arrival of the batch's records.

    `condition` says why Lambda gave up, such as RetryAttemptsExhausted. If Lambda did not send the message, this and
    the following fields are None.
    """

    message_id: str
    receipt: str
    sent: int
    condition: str | None = None
    shard: str | None = None
    records: int | None = None
    first: int | None = None
    last: int | None = None

    @property
    def json(self) -> dict[str, Any]:
        """The message for programs, without its receipt."""
        return {
            "messageId": self.message_id,
            "sentAt": iso(self.sent),
            "condition": self.condition,
            "shard": self.shard,
            "records": self.records,
            "firstArrivedAt": optional_iso(self.first),
            "lastArrivedAt": optional_iso(self.last),
        }


def dead_letters(stack: Stack) -> list[DeadLetter]:
    """Return the messages, oldest first, and leave them in the queue."""
    return [
        DeadLetter(message["MessageId"], message["ReceiptHandle"], queue.sent(message), **_batch(message["Body"]))
        for message in queue.messages(stack, _QUEUE)
    ]


def redrive(stack: Stack, letter: DeadLetter, rate: float) -> int:
    """Dispatch the batch's undispatched events, `rate` per second; then delete the message and return their number.

    If an event cannot be dispatched, or the message does not describe a batch, the message stays.
    """
    if letter.first is None or letter.last is None:
        raise Failure(f"message {letter.message_id} does not describe a batch of the stream")
    events = undispatched.undispatched(stack, letter.first - _MARGIN, letter.last + _MARGIN)
    for event in paced(events, rate):
        undispatched.dispatch(stack, event.order_id, event.type)
    queue.delete(stack, _QUEUE, letter.receipt)
    return len(events)


def _batch(body: str) -> dict[str, Any]:
    """Return the fields of the batch; none if Lambda did not write this message."""
    try:
        message = json.loads(body)
        batch = message["DDBStreamBatchInfo"]
        return {
            "condition": message["requestContext"]["condition"],
            "shard": batch["shardId"],
            "records": batch["batchSize"],
            "first": milliseconds(batch["approximateArrivalOfFirstRecord"]),
            "last": milliseconds(batch["approximateArrivalOfLastRecord"]),
        }
    except (ValueError, KeyError, TypeError):
        return {}
