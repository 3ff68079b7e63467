"""Starting the saga of an event. It can be repeated safely: the execution is named after the event."""

import json
import os
from contextlib import suppress

import boto3

from sagakit import dynamodb
from sagakit.event import ID, Event
from sagakit.relay import outbox
from sagakit.saga import named

sfn = boto3.client("stepfunctions", config=dynamodb.CONFIG)


def start(event: Event) -> None:
    """Start the execution that the event names, if it does not exist yet, and mark the event as dispatched."""
    with suppress(sfn.exceptions.ExecutionAlreadyExists):
        sfn.start_execution(
            stateMachineArn=json.loads(os.environ["STATE_MACHINES"])[named(event.saga).name],
            name=event.id,
            input=json.dumps({ID: event.saga_id}),
        )
    outbox.mark_dispatched(event)
