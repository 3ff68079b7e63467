"""Capture of the metrics that the functions publish. Nothing here names a metric."""

import ast
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stdout
from functools import partial
from typing import NamedTuple
from unittest.mock import patch

from botocore.exceptions import ReadTimeoutError

from payment.breaker import config
from payment.domain import RefundRefused
from sagakit import idempotency
from sagakit.relay import publishing
from sagakit.saga import sagas
from sagas import RETURN, TRANSACTION
from tests.support import steps, stream, world
from tests.support.asl import Json
from tests.support.bus import Bus
from tests.support.lambdas import Context, handler


class Metric(NamedTuple):
    """A data point as CloudWatch stores it, identified by its namespace, name and dimensions."""

    namespace: str
    name: str
    unit: str
    dimensions: frozenset[tuple[str, str]]


def published(act: Callable[[], object]) -> set[Metric]:
    """Return the metrics that the functions publish during `act`."""
    return {metric for line in lines(act) for metric in _metrics(json.loads(line))}


def counts(act: Callable[[], object]) -> dict[str, int]:
    """Return how often each metric was counted during `act`; what it measures does not count."""
    total: Counter[str] = Counter()
    for line in map(json.loads, lines(act)):
        for metric in _metrics(line):
            total[metric.name] += int(sum(line[metric.name])) if metric.unit == "Count" else 0
    return dict(+total)


def lines(act: Callable[[], object]) -> list[str]:
    """Return the lines that the functions write during `act`."""
    written = io.StringIO()
    with redirect_stdout(written):
        act()
    return written.getvalue().splitlines()


def everything_happens() -> None:
    """Cause every count and measurement in a fresh world: confirmed, failed, paused, parked, broken and late."""
    _transactions_happen()
    _returns_happen()
    steps.confirmed()
    steps.failed()
    _fails_unexpectedly(world.placed())
    steps.paused()
    steps.parked()
    _breaks(world.placed())
    handler("ReportBacklogFunction")(steps.sample("report_backlog"), Context())
    down = world.placed("pm_unavailable")
    for _ in range(config.failure_threshold):
        steps.outcome(steps.process, down)
    with patch.object(publishing, "bus", Bus()):
        stream.publish(*stream.records())
    with patch.object(idempotency.client, "put_item", side_effect=ReadTimeoutError(endpoint_url="https://dynamodb")):
        handler("PlaceOrderFunction")(steps.sample("place_order"), Context())


def _transactions_happen() -> None:
    steps.confirmed(TRANSACTION)
    steps.failed(TRANSACTION)
    parked = steps.paused(world.transaction)
    steps.cancel(parked)
    steps.give_up(parked)


def _returns_happen() -> None:
    steps.confirmed(RETURN)
    state = RETURN.forward[0].state
    parked = steps.paused(steps.STARTED[RETURN.name], state)
    steps.outcome(partial(steps.pause, state=state, error=RefundRefused.__name__), parked)


def named(modules: Iterable[ast.Module]) -> set[str]:
    """Return the names of all metrics in the code: the first arguments of `count` and `gauge`."""
    calls = [node for module in modules for node in ast.walk(module) if isinstance(node, ast.Call)]
    publish = [call for call in calls if ast.unparse(call.func) in {"count", "gauge"}]
    return {name for call in publish for name in _named(call.args[0])}


def _named(name: ast.expr) -> set[str]:
    """Return the name, or one per saga if it contains the saga's name. A saga that only goes forward never fails."""
    match name:
        case ast.Call(func=ast.Attribute(attr="name_for"), args=[ast.Constant(value=str(pattern))]):
            fails = pattern == "{}sFailed"
            return {saga.name_for(pattern) for saga in sagas().values() if saga.steps or not fails}
    return {ast.literal_eval(name)}


def _fails_unexpectedly(order_id: str) -> None:
    steps.cancel(order_id, "ExecutionAborted", "")
    steps.undo(order_id)
    steps.fail(order_id)


def _breaks(order_id: str) -> None:
    """Report the order's execution as broken."""
    event = steps.sample("recover_order")
    detail = {**event["detail"], "input": json.dumps({"orderId": order_id})}
    handler("RecoverOrderFunction")({**event, "detail": detail}, Context())


def _metrics(line: Json) -> Iterator[Metric]:
    """Parse a line in the embedded metric format."""
    for directive in line["_aws"]["CloudWatchMetrics"]:
        for each in directive["Metrics"]:
            for names in directive["Dimensions"]:
                dimensions = frozenset((name, line[name]) for name in names)
                yield Metric(directive["Namespace"], each["Name"], each["Unit"], dimensions)
