"""The relay's dead-letter queue: a message for each batch that could not be published. It does not have the events."""

import json
from dataclasses import dataclass
from itertools import batched
from typing import Any

from saga.failures import Failure
from saga.operations import outbox_events, queue
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
    def period(self) -> tuple[int, int] | None:
        """When the events of the batch were recorded, within a minute; None if Lambda did not send the message."""
        return None if self.first is None or self.last is None else (self.first - _MARGIN, self.last + _MARGIN)

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
    """Publish all events of the batch's period, `rate` batches per second; then delete the message.

    Return the number of events. If they cannot be published, or the message does not describe a batch, it stays.
    """
    if letter.period is None:
        raise Failure(f"message {letter.message_id} does not describe a batch of the stream")
    batches = batched(outbox_events.recorded(stack, *letter.period), outbox_events.BATCH_SIZE, strict=False)
    published = sum(outbox_events.publish(stack, batch, counted=False) for batch in paced(batches, rate))
    queue.delete(stack, _QUEUE, letter.receipt)
    return published


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
