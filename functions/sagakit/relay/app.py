"""Lambda entry points of the relay, which the outbox's stream feeds.

Two consumers share nothing. One starts sagas, and a sweeper starts what it leaves behind. The other publishes events,
and the stream delivers again for a day what the bus does not take. An event that is set aside blocks no other, and
every sweep tries it again: perhaps a bad deployment could not read it.
"""

import os
from collections.abc import Iterator
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord, DynamoDBStreamEvent
from aws_lambda_powertools.utilities.typing import LambdaContext

from sagakit import clock, sweeping
from sagakit.dynamodb import Item
from sagakit.errors import is_transient
from sagakit.event import Event
from sagakit.observability import logger
from sagakit.relay import outbox, publishing, starting
from sagakit.relay.outbox import Malformed

# A batch whose records all fail is still reported record by record: raising would block the shard.
processor = BatchProcessor(event_type=EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)


@logger.inject_lambda_context(clear_state=True)
def start(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Start the saga of each record and report those that fail; a failure doesn't block the others."""
    return process_partial_response(event, record_handler=_start, processor=processor, context=context)


@logger.inject_lambda_context(clear_state=True)
def publish(event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """Publish all records, or fail: then the stream delivers them again, in smaller batches."""
    events = [each for record in DynamoDBStreamEvent(event).records for each in _events(_row(record))]
    return {"published": publishing.publish(events)}


@logger.inject_lambda_context(clear_state=True)
def sweep(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Start the sagas that the stream left behind, the oldest first; with `part`, only those in a part of the shards.

    A failure counts if others succeed meanwhile.
    """
    started, failed = list[str](), list[tuple[str, Item]]()

    def start_again(key: Item) -> None:
        for undispatched in _undispatched(key):
            try:
                _dispatch(undispatched)
                started.extend([undispatched.saga] if undispatched.starts_saga else [])
            except Exception as error:
                if not is_transient(error):
                    failed.append((undispatched.saga, key))
                raise

    until = clock.now() - int(os.environ["UNDISPATCHED_AFTER_SECONDS"]) * 1000
    sweeping.each(outbox.undispatched(until, event.get("part")), start_again, context)
    for saga, key in failed:
        if saga in started:
            outbox.count_failure(key)
    if not event.get("part"):
        sweeping.each(outbox.all_set_aside(), _try_again, context)
    return {"started": len(started)}


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
    for event in _events(_row(record)):
        logger.set_correlation_id(event.saga_id)
        starting.start(event)
        logger.info("started", extra={"eventId": event.id})


def _row(record: DynamoDBRecord) -> Item:
    return dict(record.dynamodb.new_image or {}) if record.dynamodb else {}


def _events(row: Item) -> Iterator[Event]:
    """Yield the event of the row; set a malformed one aside, so that it blocks no other."""
    try:
        yield outbox.read(row)
    except Malformed:
        _set_aside(row)


def _undispatched(key: Item) -> Iterator[Event]:
    """Yield the event, unless it has been dispatched by now; set a malformed one aside."""
    try:
        if event := outbox.still_undispatched(key):
            yield event
    except Malformed:
        _set_aside(key)


def _set_aside(row: Item) -> None:
    logger.exception("set aside", extra={"row": {name: row.get(name) for name in ("orderId", "eventType")}})
    if "orderId" in row and "eventType" in row:
        outbox.set_aside(row)
