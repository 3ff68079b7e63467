"""Dispatching an event: start its saga, publish it, mark it as dispatched. Each part can be repeated safely."""

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
    """Start the event's saga if it starts one, publish the event, and mark it as dispatched.

    Raises:
        TransientError: the event bus refused it.
    """
    if event.starts_saga:
        _start_saga(event)
    _publish(event)
    _mark_dispatched(event)


def _start_saga(event: Event) -> None:
    """Start the execution that the event names; if it already exists, there is nothing to do."""
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
    response = bus.put_events(
        Entries=[
            {
                "EventBusName": os.environ["EVENT_BUS_NAME"],
                "Source": os.environ["EVENT_SOURCE"],
                "DetailType": event.kind,
                "Detail": json.dumps(message),
            }
        ]
    )
    # PutEvents returns 200 even if it refuses an entry.
    if response["FailedEntryCount"]:
        raise TransientError(f"the event bus refused {event.id}: {response['Entries'][0]['ErrorCode']}")


def _mark_dispatched(event: Event) -> None:
    """Remove the event from the index of undispatched events, without recreating a row that has been deleted."""
    key = {ID: event.saga_id, "eventType": event.type}
    try:
        dynamodb.change(tables.events(), key, "REMOVE #undispatched", f"attribute_exists(#{ID})")
    except dynamodb.client.exceptions.ConditionalCheckFailedException:
        return
