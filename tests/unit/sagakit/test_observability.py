"""What a step logs, which metrics it publishes, and which errors it raises for the state machine."""

import io
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from threading import Barrier, Event
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from inventory.domain import InsufficientStock
from sagakit.errors import TransientError
from sagakit.observability import count, gauge, observed
from tests.support.lambdas import Context

EVENT = {"orderId": "order-1"}


def step(outcome: dict[str, Any] | Exception) -> Callable[..., dict[str, Any]]:
    def handler(_event: dict[str, Any], _context: Context) -> dict[str, Any]:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return observed(handler)  # type: ignore[arg-type]  # only the part of a Lambda context that is used


def throttled() -> ClientError:
    return ClientError({"Error": {"Code": "ThrottlingException"}, "ResponseMetadata": {}}, "Query")  # type: ignore[typeddict-item]


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_finished_step_is_logged_under_the_orders_id(log: io.StringIO) -> None:
    step({"event": "OrderConfirmed"})(EVENT, Context())
    (line,) = lines(log)
    assert (line["correlation_id"], line["message"]) == ("order-1", "step done")


def test_a_refused_step_logs_the_error_and_raises_it(log: io.StringIO) -> None:
    with pytest.raises(InsufficientStock):
        step(InsufficientStock("monitor: 2 wanted, 0 available"))(EVENT, Context())
    (line,) = lines(log)
    assert (line["error"], line["cause"]) == ("InsufficientStock", "monitor: 2 wanted, 0 available")


def test_a_long_cause_is_truncated_in_the_log(log: io.StringIO) -> None:
    with pytest.raises(RuntimeError):
        step(RuntimeError("x" * 10_000))(EVENT, Context())
    assert len(lines(log)[0]["cause"]) == 500


@pytest.mark.parametrize("passing", [throttled(), ReadTimeoutError(endpoint_url="https://dynamodb")], ids=str)
def test_a_passing_aws_error_is_raised_as_transient(passing: Exception) -> None:
    with pytest.raises(TransientError):
        step(passing)(EVENT, Context())


def test_a_count_is_written_at_once_with_its_dimensions(capsys: pytest.CaptureFixture[str]) -> None:
    count("OrdersFailed", reason="PaymentDeclined")
    metrics = json.loads(capsys.readouterr().out)
    assert metrics["OrdersFailed"] == [1.0]
    assert (metrics["service"], metrics["reason"]) == ("order-saga", "PaymentDeclined")


def test_a_gauge_is_in_milliseconds(capsys: pytest.CaptureFixture[str]) -> None:
    gauge("OldestUndispatchedEventAge", 1500)
    metrics = json.loads(capsys.readouterr().out)
    (metric,) = metrics["_aws"]["CloudWatchMetrics"][0]["Metrics"]
    assert (metric["Unit"], metrics["OldestUndispatchedEventAge"]) == ("Milliseconds", [1500.0])


class Halting(io.StringIO):
    """A standard output on which other threads run between a text and its line break."""

    def write(self, text: str) -> int:
        written = super().write(text)
        Event().wait(0.002)
        return written


def test_metrics_that_eight_threads_write_at_once_are_whole_lines() -> None:
    threads, each, written = 8, 5, Halting()
    together = Barrier(threads)

    def write(thread: int) -> None:
        together.wait()
        for n in range(each):
            gauge("PauseAge", thread * each + n)

    with redirect_stdout(written), ThreadPoolExecutor(threads) as pool:
        list(pool.map(write, range(threads)))
    ages = [age for line in written.getvalue().splitlines() for age in json.loads(line)["PauseAge"]]
    assert sorted(ages) == list(range(threads * each))
