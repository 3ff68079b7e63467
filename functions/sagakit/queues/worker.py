"""The Lambda entry point of a queue: run the state that each message names, and pass the saga on.

The states are run by the same functions as in a state machine, in this process. A message that is delivered twice
changes nothing: each step is recorded once. After a failure, the rest of its group waits, and other groups go on.
"""

import json
import os
from functools import cache
from importlib import import_module
from typing import Any

from aws_lambda_powertools.utilities.batch import SqsFifoPartialProcessor, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSEvent, SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import BotoCoreError, ClientError

from sagakit import decision
from sagakit.errors import TransientError
from sagakit.observability import MAX_CAUSE, Handler, logger
from sagakit.queues.message import Message, read, sqs
from sagakit.queues.route import END
from sagakit.reason import caught

DELAYS = (1, 3, 3)  # seconds before a state is tried again; then the saga is paused
ENOUGH = 5_000  # milliseconds that a state may take

processor = SqsFifoPartialProcessor(skip_group_on_error=True)
processor.raise_on_entire_batch_failure = False  # reported record by record, too


class OutOfTime(TransientError):
    """The batch has taken too long. That says nothing about the state, so it never pauses a saga."""


@logger.inject_lambda_context(clear_state=True)
def work(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Handle the messages, and report those that have to be delivered again."""
    answer = process_partial_response(event, record_handler=_take, processor=processor, context=context)
    failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
    for record in SQSEvent(event).records:
        if record.message_id in failed:
            _deliver_soon(record)
    return answer


def _take(record: SQSRecord, lambda_context: LambdaContext) -> None:
    following = _next(read(record.body), lambda_context, _attempts(record))
    if following.state != END:
        following.send()


def _deliver_soon(record: SQSRecord) -> None:
    """Make a failed message visible soon, or one behind it: its group waits while either is invisible."""
    delay = DELAYS[min(_attempts(record), len(DELAYS)) - 1]
    try:
        url = read(record.body).url
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=record.receipt_handle, VisibilityTimeout=delay)
    except (BotoCoreError, ClientError, LookupError, TypeError, ValueError):
        logger.exception("delivered again when its visibility timeout ends", extra={"messageId": record.message_id})


def _attempts(record: SQSRecord) -> int:
    return int(record.attributes.approximate_receive_count)


def _next(message: Message, context: LambdaContext, attempts: int) -> Message:
    """Run the state and return the message that follows, or raise the error if the state is to be tried again."""
    try:
        _run(message, context)
    except OutOfTime:
        raise
    except Exception as error:  # noqa: BLE001  whatever it is, the table says what follows
        return _after(message, error, attempts)
    return message.at(message.stop.following)


def _run(message: Message, context: LambdaContext) -> None:
    if context.get_remaining_time_in_millis() < ENOUGH:
        raise OutOfTime
    if message.stop.runs:
        handlers: dict[str, str] = json.loads(os.environ["HANDLERS"])
        _handler(handlers[message.state])(message.payload, context)


@cache
def _handler(name: str) -> Handler:
    """Import the handler, `package.module.function`."""
    module, _, function = name.rpartition(".")
    handler: Handler = getattr(import_module(module), function)
    return handler


def _after(message: Message, error: Exception, attempts: int) -> Message:
    failure = {"Error": type(error).__name__, "Cause": str(error)[:MAX_CAUSE]}
    stop = message.stop
    following = stop.caught.get(failure["Error"])
    if following is None and attempts <= len(DELAYS):
        raise error
    if stop.otherwise:
        return message.at(stop.otherwise, failures={**message.failures, message.state: failure})
    if following is not None:
        return message.at(following, error=failure)
    decision.wait(message.saga_id, message.state, caught(failure))
    return message.at(END)
