"""Invokes functions as AWS does, one after the other, in a world of their own, and measures what they take and log."""

import json
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from functools import partial
from io import StringIO
from typing import Any

import pytest
from moto.events.models import EventPattern

from sagakit.observability import logger
from sagakit.relay import publishing, starting
from scripts.consumers import consumers
from tests.bench.cost.meter import Meter, metered
from tests.bench.warm_world import forgotten, warm_world
from tests.support import http, lambdas, stream
from tests.support.asl import Json
from tests.support.lambdas import Context
from tests.support.stopped_clock import stopped
from tests.support.template import resources, template

NOW = 1_767_225_599_999  # the length of a time, and so the size of an item, is the same in every run
TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
REQUEST = "5759e988-bd86-4e3f-81be-46a994272793"
STACK, ARN = "order-saga-dev", "arn:aws:lambda:us-east-1:123456789012:function"


@dataclass
class Runner:
    """Invokes functions under the meter. `lines` are what they log at INFO, `delivered` the records by consumer."""

    meter: Meter
    patch: pytest.MonkeyPatch
    invocations: Counter[str] = field(default_factory=Counter)
    lines: dict[str, list[str]] = field(default_factory=dict)
    delivered: dict[str, set[str]] = field(default_factory=lambda: {name: set() for name in consumers(template())})

    @contextmanager
    def running(self, function: str) -> Iterator[None]:
        """Let a function run in the block, with the names that it has on AWS, and some time after the one before it."""
        forgotten(self.patch)
        for module in (http, lambdas):
            context = partial(Context, f"{STACK}-{function}", 512, f"{ARN}:{STACK}-{function}", REQUEST)
            self.patch.setattr(module, "Context", context)
        with self.meter.running(function), _output() as output:
            try:
                yield
            finally:
                self.invocations[function] += 1
                self.lines.setdefault(function, []).extend(output.getvalue().splitlines())

    def invoke(self, logical_id: str, payload: Json) -> Json:
        """Invoke a function as the state machine does."""
        with self.running(logical_id.removesuffix("Function")):
            return lambdas.invoke(logical_id, payload)

    def deliver(self, *, at_once: bool) -> None:
        """Deliver new records to the stream's consumers, or only to those that wait for no others."""
        for name, consumer in consumers(template()).items():
            batch = [] if at_once and consumer.window else self._new_records(name)
            if batch:
                self.invoke(f"{name}Function", {"Records": batch})

    def _new_records(self, consumer: str) -> list[dict[str, Any]]:
        passed = {_id(record): record for record in stream.records() if _passes(consumer, record)}
        new = [record for each, record in passed.items() if each not in self.delivered[consumer]]
        self.delivered[consumer] |= passed.keys()
        return new


@contextmanager
def runner() -> Iterator[Runner]:
    """Yield a runner in a world of its own, with a bus, a state machine that does nothing, and a clock that stands."""
    with warm_world() as patch:
        patch.setenv("_X_AMZN_TRACE_ID", TRACE)
        publishing.bus.create_event_bus(Name="test-events")
        idle = '{"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}'
        starting.sfn.create_state_machine(name="test", definition=idle, roleArn="arn:aws:iam::123456789012:role/r")
        stopped(patch).now = NOW
        yield Runner(metered(patch), patch)


@contextmanager
def _output() -> Iterator[StringIO]:
    """Capture the log at INFO, and the metrics, which are printed."""
    output, level = StringIO(), logger.log_level
    handler: Any = logger.registered_handler
    console = handler.setStream(output)
    logger.setLevel(logging.INFO)
    try:
        with redirect_stdout(output):
            yield output
    finally:
        logger.setLevel(level)
        handler.setStream(console)


def _id(record: dict[str, Any]) -> str:
    return str(record["dynamodb"]["NewImage"]["eventId"]["S"])


def _passes(consumer: str, record: dict[str, Any]) -> bool:
    """Return whether the consumer's filter lets a record through."""
    mappings = resources("AWS::Serverless::Function")[f"{consumer}Function"]["Properties"]["Events"].values()
    (stream_,) = (each["Properties"] for each in mappings if each["Type"] == "DynamoDB")
    filters: list[Any] = [
        EventPattern(None, json.loads(each["Pattern"])) for each in stream_["FilterCriteria"]["Filters"]
    ]
    return any(each.matches_event(record) for each in filters)
