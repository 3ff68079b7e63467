"""Lambda entry points of the relay, which the outbox's stream feeds.

Two consumers share nothing. One starts sagas, and a sweeper starts what it leaves behind. The other publishes events,
and the stream delivers again for 23 hours what the bus does not take. An event that is set aside blocks no other, and
every sweep tries it again: perhaps a bad deployment could not read it.
"""

import os
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord, DynamoDBStreamEvent
from aws_lambda_powertools.utilities.typing import LambdaContext

from sagakit import clock, sweeping
from sagakit.dynamodb import Item
from sagakit.event import ID, Event
from sagakit.observability import logger
from sagakit.relay import outbox, publishing, starting
from sagakit.relay.counting import count_event
from sagakit.relay.outbox import Malformed
from sagakit.transient import is_transient

KEY = {ID, "eventType"}

# A batch whose records all fail is still reported record by record: raising would block the shard.
processor = BatchProcessor(event_type=EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)


@logger.inject_lambda_context(clear_state=True)
def start(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Start the saga of each record and report those that fail; a failure doesn't block the others."""
    return process_partial_response(event, record_handler=_start, processor=processor, context=context)


@logger.inject_lambda_context(clear_state=True)
def publish(event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """Publish all records, or fail: then the stream delivers them again, in smaller batches.

    Then they are counted, unless an operator publishes them `again`.
    """
    read = (_readable(outbox.read, _row(record)) for record in DynamoDBStreamEvent(event).records)
    events = [each for each in read if each]
    try:
        published = publishing.publish(events)
    except Exception:
        logger.exception("not published; the stream delivers again", extra={"eventIds": [each.id for each in events]})
        raise
    if not event.get("again"):
        for each in events:
            count_event(each)
    return {"published": published}


@logger.inject_lambda_context(clear_state=True)
def sweep(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Start the sagas that the stream left behind, the oldest first; with `part`, only those in a part of the shards.

    A failure counts if others succeed meanwhile.
    """
    started, failed = list[str](), list[tuple[str, Item]]()
    until = clock.now() - int(os.environ["UNDISPATCHED_AFTER_SECONDS"]) * 1000
    found = outbox.undispatched(until, event.get("part"))
    sweeping.each(found, lambda key: _start_again(key, started, failed), context)
    for saga, key in failed:
        if saga in started:
            outbox.count_failure(key)
    if not event.get("part"):
        sweeping.each(outbox.all_set_aside(), _try_again, context)
    return {"started": len(started)}


def _start_again(key: Item, started: list[str], failed: list[tuple[str, Item]]) -> None:
    """Dispatch the event, unless that has been done; note its saga, or its failure if that may not pass."""
    event = _readable(outbox.still_undispatched, key, outbox.set_aside_undispatched)
    if event is None:
        return
    try:
        _dispatch(event)
    except Exception as error:
        if not is_transient(error):
            failed.append((event.saga, key))
        raise
    if event.starts_saga:
        started.append(event.saga)


def _dispatch(event: Event) -> None:
    """Start the event's saga. Rows from before only such events were on the index are published instead."""
    if event.starts_saga:
        starting.start(event)
    elif publishing.publish([event]):
        outbox.mark_dispatched(event)


def _try_again(key: Item) -> None:
    """Start and publish an event that was set aside, if that is possible by now."""
    event = outbox.if_set_aside(key)
    if event and event.starts_saga:
        starting.start(event)
    if event and publishing.publish([event]):
        outbox.take_back(event)


def _start(record: DynamoDBRecord) -> None:
    row = _row(record)
    logger.set_correlation_id(row.get(ID))
    event = _readable(outbox.read, row, outbox.set_aside_undispatched)
    if event is None:
        return
    try:
        starting.start(event)
    except Exception:
        logger.exception("not started; the sweeper starts it", extra={"eventId": event.id})
        raise
    logger.info("started", extra={"eventId": event.id})


def _row(record: DynamoDBRecord) -> Item:
    return dict(record.dynamodb.new_image or {}) if record.dynamodb else {}


def _readable(
    read: Callable[[Item], Event | None], row: Item, set_aside: Callable[[Item], object] = outbox.set_aside
) -> Event | None:
    """Read the event of a row; set a malformed one aside, so that it blocks no other, and return None."""
    try:
        return read(row)
    except Malformed:
        logger.exception("set aside", extra={"row": {name: row.get(name) for name in KEY}})
        if row.keys() >= KEY:
            set_aside(row)
        return None
