"""What the functions publish as metrics, caught while they run: nothing here knows a metric by name."""

import ast
import io
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stdout
from typing import NamedTuple

from payment.breaker import config
from sagakit.saga import sagas
from tests.support import steps, world
from tests.support.asl import Json
from tests.support.lambdas import Context, handler


class Metric(NamedTuple):
    """One data point as CloudWatch takes it: found again only by this namespace, name and these dimensions."""

    namespace: str
    name: str
    unit: str
    dimensions: frozenset[tuple[str, str]]


def published(act: Callable[[], object]) -> set[Metric]:
    """Give what the functions publish while something is done."""
    return {metric for line in lines(act) for metric in _metrics(json.loads(line))}


def lines(act: Callable[[], object]) -> list[str]:
    """Give the lines that CloudWatch reads it from."""
    written = io.StringIO()
    with redirect_stdout(written):
        act()
    return written.getvalue().splitlines()


def everything_happens() -> None:
    """Bring about all that is counted or measured, in a fresh world: good, bad, parked, broken, and late."""
    steps.confirmed()
    steps.failed()
    steps.outcome(steps.fail, steps.cancelling())
    _breaks(world.placed())
    handler("SweepOrdersFunction")(steps.sample("sweep_orders"), Context())
    down = world.placed("pm_unavailable")
    for _ in range(config.failure_threshold):
        steps.outcome(steps.process, down)


def named(modules: Iterable[ast.Module]) -> set[str]:
    """Give the names of all metrics that stand in the code: the first argument of `count` and of `gauge`."""
    calls = [node for module in modules for node in ast.walk(module) if isinstance(node, ast.Call)]
    publish = [call for call in calls if ast.unparse(call.func) in {"count", "gauge"}]
    return {name for call in publish for name in _named(call.args[0])}


def _named(name: ast.expr) -> set[str]:
    """Give the name; where it is made of a saga's, one for each saga."""
    match name:
        case ast.Call(func=ast.Attribute(attr="called"), args=[ast.Constant(value=str(pattern))]):
            return {saga.called(pattern) for saga in sagas().values()}
    return {ast.literal_eval(name)}


def _breaks(order_id: str) -> None:
    """Let the execution of the order be one that broke."""
    event = steps.sample("recover_order")
    detail = {**event["detail"], "input": json.dumps({"orderId": order_id})}
    handler("RecoverOrderFunction")({**event, "detail": detail}, Context())


def _metrics(line: Json) -> Iterator[Metric]:
    """Read a line in the embedded metric format."""
    for told in line["_aws"]["CloudWatchMetrics"]:
        for each in told["Metrics"]:
            for names in told["Dimensions"]:
                dimensions = frozenset((name, line[name]) for name in names)
                yield Metric(told["Namespace"], each["Name"], each["Unit"], dimensions)
