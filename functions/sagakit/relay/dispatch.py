"""Dispatching an event: start its saga, tell the bus, mark it as dispatched. Each part may be done again."""

import json
import os

import boto3

from sagakit import dynamodb, tables
from sagakit.errors import TransientError
from sagakit.event import ID, Event
from sagakit.saga import named

sfn = boto3.client("stepfunctions", config=dynamodb.CONFIG)
bus = boto3.client("events", config=dynamodb.CONFIG)


def dispatch(event: Event) -> None:
    """Send the event wherever it has to go, then take it off the index of undispatched events.

    Raises:
        TransientError: the bus did not take it.
    """
    if event.starts_saga:
        _start_saga(event)
    _publish(event)
    _mark_dispatched(event)


def _start_saga(event: Event) -> None:
    """Start the execution named after the event; that it exists already is what was wanted."""
    try:
        sfn.start_execution(
            stateMachineArn=json.loads(os.environ["STATE_MACHINES"])[named(event.saga).name],
            name=event.id,
            input=json.dumps({ID: event.saga_id}),
        )
    except sfn.exceptions.ExecutionAlreadyExists:
        return


def _publish(event: Event) -> None:
    message = {
        "eventId": event.id,
        ID: event.saga_id,
        "type": event.kind,
        "at": event.at,
        "data": dynamodb.plain(dict(event.detail)),
    }
    answer = bus.put_events(
        Entries=[
            {
                "EventBusName": os.environ["EVENT_BUS_NAME"],
                "Source": os.environ["EVENT_SOURCE"],
                "DetailType": event.kind,
                "Detail": json.dumps(message),
            }
        ]
    )
    # PutEvents answers 200 even when it refused an entry.
    if answer["FailedEntryCount"]:
        raise TransientError(f"the event bus refused {event.id}: {answer['Entries'][0]['ErrorCode']}")


def _mark_dispatched(event: Event) -> None:
    """Drop the sparse attribute; a row that is gone must not come back as an empty one."""
    key = {ID: event.saga_id, "eventType": event.type}
    try:
        dynamodb.change(tables.events(), key, "REMOVE #undispatched", f"attribute_exists(#{ID})")
    except dynamodb.client.exceptions.ConditionalCheckFailedException:
        return
