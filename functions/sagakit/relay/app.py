"""Lambda entry points of the relay, which the outbox's stream feeds.

Two consumers share nothing. One starts sagas, and a sweeper starts what it leaves behind. The other publishes events,
and the stream delivers again for 23 hours what the bus does not take. An event that is set aside blocks no other, and
every sweep tries it again: perhaps a bad deployment could not read it.
"""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord, DynamoDBStreamEvent
from aws_lambda_powertools.utilities.typing import LambdaContext

from sagakit import sweeping
from sagakit.dynamodb import Item
from sagakit.event import ID, Event
from sagakit.observability import logger
from sagakit.relay import outbox, publishing, starting
from sagakit.relay.counting import count_event
from sagakit.relay.outbox import Malformed

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
    read = (_readable(_row(record)) for record in DynamoDBStreamEvent(event).records)
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
def sweep(_event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Try again what was set aside, the oldest first: a deployment that could not read it may have been corrected."""
    return {"triedAgain": sweeping.each(outbox.all_set_aside(), _try_again, context)}


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
    event = _readable(row)
    if event is None:
        return
    try:
        starting.start(event)
    except Exception:
        logger.exception("not started; a sweeper starts it", extra={"eventId": event.id})
        raise
    logger.info("started", extra={"eventId": event.id})


def _row(record: DynamoDBRecord) -> Item:
    return dict(record.dynamodb.new_image or {}) if record.dynamodb else {}


def _readable(row: Item) -> Event | None:
    """Read the event of a row; set a malformed one aside, so that it blocks no other, and return None."""
    try:
        return outbox.read(row)
    except Malformed:
        logger.exception("set aside", extra={"row": {name: row.get(name) for name in KEY}})
        if row.keys() >= KEY:
            outbox.set_aside(row)
        return None
