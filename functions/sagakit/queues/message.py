"""The message that carries a saga from one state to the next."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

import boto3

from sagakit import dynamodb
from sagakit.event import ID, Event
from sagakit.queues.route import Stop, route

sqs = boto3.client("sqs", config=dynamodb.CONFIG)

type Failure = Mapping[str, str]  # the `Error` and its `Cause`, as in a state machine


@dataclass(frozen=True)
class Message:
    """The `state` to run next. `run` is the id of the event that started the saga, or resumed it.

    `error` is why the saga is cancelled, and `failures` are the errors of the compensations so far, by state.
    """

    saga: str
    saga_id: str
    run: str
    state: str
    error: Failure = field(default_factory=dict)
    failures: Mapping[str, Failure] = field(default_factory=dict)

    @classmethod
    def first(cls, event: Event) -> Self:
        """Return the message that an event starts a run with."""
        return cls(event.saga, event.saga_id, event.id, next(iter(route(event.saga))))

    @property
    def stop(self) -> Stop:
        """Where the message is on its route."""
        return route(self.saga)[self.state]

    @property
    def url(self) -> str:
        """The URL of the queue that serves the state."""
        return str(json.loads(os.environ["QUEUES"])[self.stop.queue])

    @property
    def payload(self) -> dict[str, Any]:
        """What the state's function is called with."""
        return {ID: self.saga_id, "error": self.error, "failures": self.failures}

    def at(self, state: str, **changes: Any) -> Self:  # noqa: ANN401  any field
        """Return the message for another state."""
        return replace(self, state=state, **changes)

    def send(self) -> None:
        """Send the message. SQS drops a second one of the same run and state within five minutes."""
        sqs.send_message(
            QueueUrl=self.url,
            MessageBody=json.dumps(asdict(self)),
            MessageGroupId=self.saga_id,
            MessageDeduplicationId=f"{self.run}-{self.state}",
        )


def read(body: str) -> Message:
    """Read a message from its body.

    Raises:
        TypeError, ValueError: it is no message of ours.
    """
    return Message(**json.loads(body))
