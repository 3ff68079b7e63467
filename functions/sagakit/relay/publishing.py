"""Publishing events on the bus, at least once: in batches as large as PutEvents takes."""

import json
import os
import time
from collections.abc import Iterable, Iterator
from typing import Any

import boto3
from botocore.config import Config

from sagakit import dynamodb
from sagakit.errors import TransientError
from sagakit.event import ID, Event
from sagakit.observability import logger
from sagakit.relay import outbox

MAX_ENTRIES, MAX_BYTES = 10, 256 * 1024  # of a call to PutEvents
PAUSES = (0.2, 0.8)  # seconds before what the bus refused is sent again
NEVER_ACCEPTED = {"MalformedDetail", "InvalidArgument"}  # the other error codes may pass

# No saga waits for the bus, so a slow one may take its time.
SLOW = Config(connect_timeout=1, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 2})
bus = boto3.client("events", config=SLOW)

type Entry = dict[str, Any]


def publish(events: Iterable[Event]) -> int:
    """Publish the events; set those aside that the bus will never take. Return how many it took.

    Raises:
        TransientError: the bus refused some of them; the stream delivers all of them again.
    """
    waiting, published = [(event, entry) for event in events if (entry := _entry(event))], 0
    for pause in (*PAUSES, 0):
        answers = [answer for batch in _batches(waiting) for answer in _send(batch)]
        published += sum(not code for *_, code in answers)
        waiting = [(event, entry) for event, entry, code in answers if code and code not in NEVER_ACCEPTED]
        if not waiting:
            return published
        time.sleep(pause)
    raise TransientError(f"the event bus refused {len(waiting)} events, {waiting[0][0].id} the first")


def _entry(event: Event) -> Entry | None:
    """Return the event as PutEvents takes it; set one aside that has no such form, and return None."""
    try:
        entry = _message(event)
    except (TypeError, ValueError):
        _set_aside(event, "NotJson")
        return None
    if _size(entry) > MAX_BYTES:
        _set_aside(event, "TooLarge")
        return None
    return entry


def _message(event: Event) -> Entry:
    message = {
        "eventId": event.id,
        ID: event.saga_id,
        "type": event.kind,
        "at": event.at,
        "data": dynamodb.plain(event.public),
    }
    return {
        "EventBusName": os.environ["EVENT_BUS_NAME"],
        "Source": os.environ["EVENT_SOURCE"],
        "DetailType": event.kind,
        "Detail": json.dumps(message),
    }


def _size(entry: Entry) -> int:
    """Return the bytes that AWS counts: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html."""
    return sum(len(entry[name].encode()) for name in ("Source", "DetailType", "Detail"))


def _batches(waiting: Iterable[tuple[Event, Entry]]) -> Iterator[list[tuple[Event, Entry]]]:
    """Yield the entries of one call after the other."""
    batch: list[tuple[Event, Entry]] = []
    for each in waiting:
        if len(batch) == MAX_ENTRIES or sum(_size(entry) for _, entry in (*batch, each)) > MAX_BYTES:
            yield batch
            batch = []
        batch.append(each)
    if batch:
        yield batch


def _send(batch: list[tuple[Event, Entry]]) -> Iterator[tuple[Event, Entry, str]]:
    """Send the entries, and yield the error code of each: PutEvents returns 200 even if it refuses one."""
    entries: Any = [entry for _, entry in batch]
    response = bus.put_events(Entries=entries)
    for (event, entry), answer in zip(batch, response["Entries"], strict=True):
        if (code := answer.get("ErrorCode", "")) in NEVER_ACCEPTED:
            _set_aside(event, code)
        yield event, entry, code


def _set_aside(event: Event, code: str) -> None:
    logger.error("the event cannot be published", extra={"eventId": event.id, "error": code})
    outbox.set_aside({ID: event.saga_id, "eventType": event.type})
