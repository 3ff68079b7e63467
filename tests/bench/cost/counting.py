"""Runs of one order to each of its ends, and of what runs on a schedule, in worlds of their own, and what they take."""

import json
import os
from collections.abc import Iterator, Mapping
from typing import Any

from sagakit import dynamodb
from scripts.cost.counts import CONFIRMED, DECLINED, OUT_OF_STOCK, SCHEDULED, Count
from tests.bench.cost.item_size import Image, item_size
from tests.bench.cost.meter import by_place
from tests.bench.cost.runner import Runner, runner
from tests.bench.cost.stored import tables
from tests.support import http, world
from tests.support.asl import Outcome, run
from tests.support.template import definition, resources, tables_of_record

TOKENS = {CONFIRMED: "pm_ok", DECLINED: "pm_declined", OUT_OF_STOCK: "pm_ok"}


def counted() -> dict[str, Count]:
    """Count every outcome of an order, and a round of the schedules."""
    return {**{outcome: _order(outcome) for outcome in TOKENS}, SCHEDULED: _scheduled()}


def _order(outcome: str) -> Count:
    with runner() as functions:
        before = _stored()
        quantity = world.STOCK + 1 if outcome == OUT_OF_STOCK else 2
        line = {**http.ORDER["items"][0], "quantity": quantity}
        with functions.running("PlaceOrder"):
            answer = http.post({**http.ORDER, "items": [line], "paymentToken": TOKENS[outcome]}, "customer-order-001")
        functions.deliver(at_once=True)
        ended = run(definition(), {"orderId": answer.body["orderId"]}, functions.invoke)
        functions.deliver(at_once=False)
        return _count(functions, ended, _stored() - before)


def _scheduled() -> Count:
    with runner() as functions:
        for name, function in resources("AWS::Serverless::Function").items():
            for event in function["Properties"].get("Events", {}).values():
                if event["Type"] == "Schedule":
                    functions.invoke(name, json.loads(event["Properties"].get("Input", "{}")))
        return _count(functions, Outcome(), 0)


def _count(functions: Runner, ended: Outcome, stored: int) -> Count:
    tasks = [state for state in ended.path if definition()["States"][state]["Type"] == "Task"]
    written = [line for lines in functions.lines.values() for line in lines]
    return Count(
        writes=by_place(functions.meter.writes),
        reads=by_place(functions.meter.reads),
        calls=_by_function(functions.meter.calls),
        invocations={name: times for name, times in functions.invocations.items() if name not in functions.delivered},
        records={name: len(records) for name, records in functions.delivered.items()},
        path=ended.path,
        retries=len(ended.calls) - len(tasks),
        published=len(functions.delivered["PublishEvents"]),
        logged={name: sum(len(line) + 1 for line in lines) for name, lines in functions.lines.items() if lines},
        metrics=sorted({name for line in written for name in _metrics(json.loads(line))}),
        stored=stored,
    )


def _metrics(line: Mapping[str, Any]) -> Iterator[str]:
    """Yield the metrics that a line of the log contains, with their dimensions."""
    for directive in line.get("_aws", {}).get("CloudWatchMetrics", []):
        for dimensions in directive["Dimensions"]:
            values = " ".join(f"{name}={line[name]}" for name in sorted(dimensions) if name != "service")
            yield from (f"{metric['Name']} {values}".strip() for metric in directive["Metrics"])


def _stored() -> int:
    """Return the bytes of the rows that never expire, and of their index entries: 100 more for each are DynamoDB's."""
    images = [image for name in tables_of_record() if name != "GATEWAY_LEDGER" for image in _images(name)]
    return sum(100 + item_size(image) for image in images)


def _images(name: str) -> Iterator[Image]:
    """Yield the rows of a table, and their entries in its indexes."""
    indexes = tables()[os.environ[f"{name}_TABLE"]].indexes
    for row in map(dynamodb.to_wire, world.rows(name)):
        yield from (image for image in (row, *(index.image(row) for index in indexes)) if image)


def _by_function(calls: Mapping[tuple[str, str], int]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (function, operation), count in calls.items():
        found.setdefault(function, {})[operation] = count
    return found
