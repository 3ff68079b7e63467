"""An outage of Powertools' table of records costs a warning; it does not decide whether an order is placed."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from sagakit import idempotency
from tests.support import metrics
from tests.support.http import post

pytestmark = pytest.mark.usefixtures("world")

METHODS = ("put_item", "update_item", "delete_item")
OUTAGES = [
    ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "PutItem"),
    ClientError({"Error": {"Code": "ThrottlingException", "Message": "slower"}}, "PutItem"),
    ReadTimeoutError(endpoint_url="https://dynamodb"),
]


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


@pytest.fixture(params=OUTAGES, ids=lambda error: type(error).__name__ + str(getattr(error, "response", "")))
def down(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    def refuse(**_: Any) -> None:
        raise request.param

    def take_down() -> None:
        for method in METHODS:
            monkeypatch.setattr(idempotency.client, method, refuse)

    return take_down


def test_an_order_is_placed_and_replayed_without_the_table(down: Callable[[], None]) -> None:
    down()
    first, second = post(key="k"), post(key="k")
    assert (first.status, second.status) == (202, 202)
    assert first.body["orderId"] == second.body["orderId"]
    assert second.headers["Idempotency-Replayed"] == "true"


def test_a_table_that_is_down_is_told_by_a_warning_and_a_metric(down: Callable[[], None], log: io.StringIO) -> None:
    down()
    assert metrics.counts(lambda: post(key="k")) == {"IdempotencyRecordsMissing": 2}
    assert [line["message"] for line in lines(log) if line["level"] == "WARNING"] == ["no idempotency record"] * 2


def test_a_table_that_hangs_leaves_most_of_the_functions_time() -> None:
    config: Any = idempotency.BRIEF
    assert config.retries["total_max_attempts"] == 1
    assert 2 * (config.connect_timeout + config.read_timeout) < 2
