"""Dispatching an event: start its saga, tell the bus, cross it off the list. Each part may be done again."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import boto3

from shared import dynamodb, tables
from shared.errors import TransientError

if TYPE_CHECKING:
    from outbox.event import Event

SOURCE = "order-saga"

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
    _cross_off(event)


def _start_saga(event: Event) -> None:
    """Start the execution named after the event; that it exists already is what was wanted."""
    try:
        sfn.start_execution(
            stateMachineArn=os.environ["STATE_MACHINE_ARN"],
            name=event.id,
            input=json.dumps({"orderId": event.order_id}),
        )
    except sfn.exceptions.ExecutionAlreadyExists:
        return


def _publish(event: Event) -> None:
    message = {
        "eventId": event.id,
        "orderId": event.order_id,
        "type": event.kind,
        "at": event.at,
        "data": dynamodb.plain(dict(event.detail)),
    }
    answer = bus.put_events(
        Entries=[
            {
                "EventBusName": os.environ["EVENT_BUS_NAME"],
                "Source": SOURCE,
                "DetailType": event.kind,
                "Detail": json.dumps(message),
            }
        ]
    )
    # PutEvents answers 200 even when it refused an entry.
    if answer["FailedEntryCount"]:
        raise TransientError(f"the event bus refused {event.id}: {answer['Entries'][0]['ErrorCode']}")


def _cross_off(event: Event) -> None:
    """Drop the sparse attribute; a row that is gone must not come back as an empty one."""
    try:
        dynamodb.client.update_item(
            TableName=tables.events(),
            Key=dynamodb.to_wire({"orderId": event.order_id, "eventType": event.type}),
            UpdateExpression="REMOVE #undispatched",
            ConditionExpression="attribute_exists(#orderId)",
            ExpressionAttributeNames={"#undispatched": "undispatched", "#orderId": "orderId"},
        )
    except dynamodb.client.exceptions.ConditionalCheckFailedException:
        return
