"""The queue of what the relay gave up: each message tells of a batch of the stream, not of its records."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from saga.clock import iso
from saga.failure import Failure
from saga.operations import outbox, queue
from saga.operations.pace import paced
from saga.stack import Stack

_OUTPUT = "RelayFailureQueueUrl"
_SLACK = 60_000  # ms by which an event's time may differ from its arrival in the stream


@dataclass(frozen=True)
class DeadLetter:
    """A message. Times in milliseconds since the epoch; `first` and `last` arrival of the batch's records.

    `condition` says why Lambda gave up, such as RetryAttemptsExhausted. It and all of the batch is None in a message
    that Lambda did not send.
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
        """For programs; without the receipt."""
        return {
            "messageId": self.message_id,
            "sentAt": iso(self.sent),
            "condition": self.condition,
            "shard": self.shard,
            "records": self.records,
            "firstArrivedAt": None if self.first is None else iso(self.first),
            "lastArrivedAt": None if self.last is None else iso(self.last),
        }


def dead_letters(stack: Stack) -> list[DeadLetter]:
    """The messages of the queue, oldest first; they stay in it."""
    return [_of_message(message) for message in queue.messages(stack, _OUTPUT)]


def redrive(stack: Stack, letter: DeadLetter, rate: float) -> int:
    """Dispatches what is still undispatched of the batch's time, `rate` events in a second, and deletes the message.

    Gives the count of events. Raises Failure when one could not be dispatched, or the message tells of no batch; then
    the message stays.
    """
    if letter.first is None or letter.last is None:
        raise Failure(f"message {letter.message_id} does not tell of a batch of the stream")
    events = outbox.undispatched(stack, letter.first - _SLACK, letter.last + _SLACK)
    for event in paced(events, rate):
        outbox.dispatch(stack, event.order_id, event.type)
    queue.delete(stack, _OUTPUT, letter.receipt)
    return len(events)


def _of_message(message: queue.Message) -> DeadLetter:
    return DeadLetter(message["MessageId"], message["ReceiptHandle"], queue.sent(message), **_batch(message["Body"]))


def _batch(body: str) -> dict[str, Any]:
    """The fields of the batch; none, where Lambda did not write this."""
    try:
        told = json.loads(body)
        batch = told["DDBStreamBatchInfo"]
        return {
            "condition": told["requestContext"]["condition"],
            "shard": batch["shardId"],
            "records": batch["batchSize"],
            "first": _arrival(batch["approximateArrivalOfFirstRecord"]),
            "last": _arrival(batch["approximateArrivalOfLastRecord"]),
        }
    except (ValueError, KeyError, TypeError):
        return {}


def _arrival(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)
