"""Mutants of the queue coordinator: of the worker, and of what a message says."""

import json
from contextlib import suppress
from dataclasses import asdict, replace
from functools import partial
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from aws_lambda_powertools.utilities.batch import BatchProcessor
from aws_lambda_powertools.utilities.batch.sqs_fifo_partial_processor import SqsFifoPartialProcessor

from sagakit.clock import now
from sagakit.queues import worker
from sagakit.queues.message import Message, read, sqs
from sagakit.queues.route import END
from verification.simulator.mutants.mutant import Change, Mutant, patched
from verification.simulator.profiles.messages import BATCHES, DELIVERED_AGAIN, GIVEN_UP, MESSAGES, SENDING_CRASHES
from verification.simulator.profiles.topics import PAUSING, RECOVERY
from verification.simulator.world.process_memory import PROCESSORS

_next, _after = worker._next, worker._after  # noqa: SLF001


def _acknowledge_anyway(record: Any, lambda_context: Any) -> None:
    following = worker._next(  # noqa: SLF001
        read(record.body), lambda_context, int(record.attributes.approximate_receive_count)
    )
    if following.state != END:
        with suppress(Exception):
            following.send()


def _acknowledge_first(record: Any, lambda_context: Any) -> None:
    with suppress(Exception):
        worker._run(read(record.body), lambda_context)  # noqa: SLF001


def _pass_on_first(message: Message, *rest: Any) -> Message:
    if message.stop.following != END:
        message.at(message.stop.following).send()
    return _next(message, *rest)


def _retry_refusals(message: Message, error: Exception, attempts: int) -> Message:
    if attempts <= len(worker.DELAYS):
        raise error
    return _after(message, error, attempts)


def _forget_failures(message: Message, error: Exception, attempts: int) -> Message:
    return replace(_after(message, error, attempts), failures={})


def _sending(**changed: Any) -> Change:
    """Change what is sent to SQS: each value is computed from the message."""

    def send(message: Message) -> None:
        request = {
            "QueueUrl": message.url,
            "MessageBody": json.dumps(asdict(message)),
            "MessageGroupId": message.saga_id,
            "MessageDeduplicationId": f"{message.run}-{message.state}",
        }
        sqs.send_message(**request | {name: value(message) for name, value in changed.items()})

    return patched("verification.simulator.world.queues._send", send)


MUTANTS = (
    Mutant(
        "a message is acknowledged although the next one was not sent",
        (SENDING_CRASHES, MESSAGES),
        patched("sagakit.queues.worker._take", _acknowledge_anyway),
    ),
    Mutant(
        "a saga is not passed on",
        (DELIVERED_AGAIN,),
        patched("sagakit.queues.worker._take", _acknowledge_first),
    ),
    Mutant(
        "a saga is passed on before its state has run",
        (DELIVERED_AGAIN, MESSAGES),
        patched("sagakit.queues.worker._next", _pass_on_first),
    ),
    Mutant("a refusal is tried again", (DELIVERED_AGAIN,), patched("sagakit.queues.worker._after", _retry_refusals)),
    Mutant(
        "the way back forgets what failed",
        (replace(DELIVERED_AGAIN, tokens=("pm_refund_refused", "pm_refund_down")), RECOVERY),
        patched("sagakit.queues.worker._after", _forget_failures),
    ),
    Mutant(
        "a saga whose state failed is not paused",
        (PAUSING, *GIVEN_UP),
        patched("sagakit.queues.worker.decision", SimpleNamespace(wait=lambda *_: None)),
    ),
    Mutant(
        "the rest of a group goes on after a failure",
        (BATCHES,),
        partial(patch.object, SqsFifoPartialProcessor, "_process_record", BatchProcessor._process_record),  # noqa: SLF001
    ),
    Mutant(
        "a failure stops the other groups",
        (BATCHES, replace(BATCHES, faults=(*BATCHES.faults, "customer cancels"))),
        partial(patch.dict, PROCESSORS[worker.processor], {"_skip_group_on_error": False}),
    ),
    Mutant(
        "a message has another deduplication id each time",
        (MESSAGES, SENDING_CRASHES, DELIVERED_AGAIN),
        _sending(MessageDeduplicationId=lambda message: f"{message.run}-{message.state}-{now()}"),
    ),
    Mutant(
        "the deduplication id does not name the run",
        (DELIVERED_AGAIN, RECOVERY),
        _sending(MessageDeduplicationId=lambda message: f"{message.saga_id}-{message.state}"),
    ),
    Mutant(
        "all messages are in one group",
        (MESSAGES,),
        _sending(MessageGroupId=lambda message: message.saga),
    ),
)
