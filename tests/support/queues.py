"""SQS FIFO queues in memory, and Lambda between them and the workers.

A group's messages are delivered in order: none while an earlier one of the group is invisible. A message with a
deduplication id of the last five minutes is dropped, and one that was received too often is a dead letter.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from sagakit import clock, eventlog
from sagakit.queues import message, worker
from sagakit.relay import starting
from tests.support.lambdas import Context, worker_states
from tests.support.stopped_clock import MINUTE, SECOND, StoppedClock
from tests.support.template import queues as logical_ids
from tests.support.template import template

VISIBILITY = 180 * SECOND
BATCH = 5
REMEMBERED = 5 * MINUTE  # what is deduplicated


@dataclass
class Waiting:
    """A message in a queue."""

    queue: str
    body: str
    group: str
    number: int
    receives: int = 0
    visible_at: int = 0

    @property
    def record(self) -> dict[str, Any]:
        """The message as Lambda passes it to a worker."""
        return {
            "messageId": str(self.number),
            "receiptHandle": str(self.number),
            "body": self.body,
            "attributes": {"ApproximateReceiveCount": str(self.receives), "MessageGroupId": self.group},
            "eventSource": "aws:sqs",
        }


@dataclass
class Queues:
    """All queues. `sent` are the requests that were accepted, `delays` the timeouts that workers have set."""

    waiting: list[Waiting] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    delays: list[int] = field(default_factory=list)
    dead: list[Waiting] = field(default_factory=list)
    refuses: BaseException | None = None  # what a call to send raises
    _accepted: dict[tuple[str, str], int] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)

    def send_message(self, **request: str) -> None:
        """Accept a message, unless its deduplication id is known."""
        if self.refuses:
            raise self.refuses
        self.sent.append(request)
        queue, key = _named(request["QueueUrl"]), (request["QueueUrl"], request["MessageDeduplicationId"])
        if clock.now() - self._accepted.get(key, 0) >= REMEMBERED:
            self._accepted[key] = clock.now()
            self.put(queue, request["MessageBody"], request["MessageGroupId"])

    def change_message_visibility(self, **request: Any) -> None:
        """Make a message visible after a while."""
        (found,) = [each for each in self.waiting if str(each.number) == request["ReceiptHandle"]]
        assert found.queue == _named(request["QueueUrl"])
        found.visible_at = clock.now() + request["VisibilityTimeout"] * SECOND
        self.delays.append(request["VisibilityTimeout"])

    def put(self, queue: str, body: str, group: str) -> None:
        """Put a message into a queue, whatever it is."""
        self.waiting.append(Waiting(queue, body, group, next(self._numbers)))

    def deliver(self, queue: str, remaining_ms: int = 30_000) -> list[Waiting]:
        """Deliver a batch of a queue to its worker; return what the worker reports as failed."""
        batch = list(self._visible(queue))[:BATCH]
        for each in batch:
            each.receives += 1
            each.visible_at = clock.now() + VISIBILITY
        with _settings(queue):
            event = {"Records": [each.record for each in batch]}
            answer: Any = worker.work(event, Context(remaining_ms=remaining_ms))  # type: ignore[arg-type]
        failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
        self.waiting = [each for each in self.waiting if each not in batch or str(each.number) in failed]
        return [each for each in batch if str(each.number) in failed]

    def run(self, still: StoppedClock) -> None:
        """Deliver messages until none is left, and let time pass while all of them are invisible."""
        while self.waiting:
            still.now = max(still.now, min(each.visible_at for each in self.waiting))
            for queue in logical_ids():
                if any(self._visible(queue)):
                    self.deliver(queue)

    def execute(self, saga_id: str, still: StoppedClock) -> None:
        """Start or resume a saga, as the relay does, and run it until nothing is left to deliver."""
        self.start(saga_id)
        self.run(still)

    @staticmethod
    def start(saga_id: str) -> None:
        """Start the saga's last run, as the relay does."""
        starting.start(eventlog.history(saga_id).last_start)

    @property
    def states(self) -> list[str]:
        """The states of the messages that were sent, in order."""
        return [json.loads(each["MessageBody"])["state"] for each in self.sent]

    def _visible(self, queue: str) -> Iterator[Waiting]:
        """Yield what can be received, and put aside the dead letters."""
        blocked = set[str]()
        for each in [each for each in self.waiting if each.queue == queue]:
            if each.visible_at > clock.now():
                blocked.add(each.group)
            elif each.group not in blocked and each.receives == _receives(queue):
                self.waiting.remove(each)
                self.dead.append(each)
            elif each.group not in blocked:
                yield each


def used(monkeypatch: pytest.MonkeyPatch) -> Queues:
    """Make the workers and the relay use queues in memory."""
    queues = Queues()
    monkeypatch.setattr(message, "sqs", queues)
    monkeypatch.setattr(worker, "sqs", queues)
    return queues


@contextmanager
def _settings(queue: str) -> Iterator[None]:
    """Give the worker of this queue its setting."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HANDLERS", json.dumps(worker_states()[logical_ids()[queue]]))
        yield


def _named(url: str) -> str:
    """Return the name of a queue in the functions' settings."""
    (name,) = [name for name, queue in logical_ids().items() if url.endswith(f"/{queue}.fifo")]
    return name


def _receives(queue: str) -> int:
    """Return how often a message may be received."""
    properties = template()["Resources"][logical_ids()[queue]]["Properties"]
    return int(properties["RedrivePolicy"]["maxReceiveCount"])
