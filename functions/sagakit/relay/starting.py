"""Starting the saga of an event. It can be repeated safely: an execution, or a message, is named after the event."""

import json
import os
from contextlib import suppress

import boto3

from sagakit import dynamodb
from sagakit.event import ID, Event
from sagakit.queues.message import Message
from sagakit.saga import Coordinator, named

sfn = boto3.client("stepfunctions", config=dynamodb.CONFIG)


def start(event: Event) -> bool:
    """Start what runs the event's saga. Return False if it has run before; it may be running already."""
    if named(event.saga).coordinator is Coordinator.QUEUES:
        Message.first(event).send()
        return True
    return _execute(event)


def _execute(event: Event) -> bool:
    with suppress(sfn.exceptions.ExecutionAlreadyExists):
        sfn.start_execution(
            stateMachineArn=json.loads(os.environ["STATE_MACHINES"])[named(event.saga).name],
            name=event.id,
            input=json.dumps({ID: event.saga_id}),
        )
        return True
    return False
