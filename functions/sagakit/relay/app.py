"""Lambda entry point of the relay, which the outbox table's stream feeds."""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from sagakit.event import from_row
from sagakit.observability import logger
from sagakit.relay.dispatch import dispatch

# A batch whose records all fail is still reported record by record: raising would block the shard.
processor = BatchProcessor(event_type=EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)


@logger.inject_lambda_context(clear_state=True)
def relay(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Dispatch each new event and report those that fail; a failure doesn't block the others."""
    return process_partial_response(event, record_handler=_relay, processor=processor, context=context)


def _relay(record: DynamoDBRecord) -> None:
    row = record.dynamodb.new_image if record.dynamodb else {}
    event = from_row(row)
    logger.set_correlation_id(event.saga_id)
    dispatch(event)
    logger.info("dispatched", extra={"eventId": event.id, "startsSaga": event.starts_saga})
