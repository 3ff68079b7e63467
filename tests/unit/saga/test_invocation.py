"""How long the answer of an invoked function is waited for."""

import json
from collections.abc import Callable
from typing import Any, cast

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError

from saga.failures import Silent
from saga.local import functions
from saga.operations import outbox_events
from saga.patience import PATIENCE
from saga.stack.stack import Stack
from saga.stack.target import session
from tests.unit.saga.fakes import FakeCloudFormation, FakeSession

LIMITS = {"shop-PublishEvents": 60, "shop-SweepOrders": 55}  # seconds

CALLS: dict[str, Callable[[Stack], object]] = {
    "shop-PublishEvents": lambda stack: outbox_events.publish(stack, []),
    "shop-SweepOrders": lambda stack: functions.invoke(stack, "sweep_orders"),
}


class Raw:
    """What arrives of a response's body."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> list[bytes]:
        return [self._content]


def answer(request: Any, **_: object) -> Any:
    """Tell the limit of a function. Invoked, it does not answer."""
    name = request.url.partition("/functions/")[2].partition("/")[0]
    if request.method == "POST":
        raise ReadTimeoutError(endpoint_url=request.url)
    headers: Any = {}
    body: Any = Raw(json.dumps({"Timeout": LIMITS[name]}).encode())
    return AWSResponse(request.url, 200, headers, body)


class Session(FakeSession):
    """A session with the real client for functions."""

    def client(self, service: Any, config: Any = None) -> Any:
        if service != "lambda":
            return super().client(service)
        aws = session(None, "eu-west-1")
        aws.events.register("before-send.lambda", answer)
        return aws.client(service, config=config)


@pytest.fixture
def silent() -> Stack:
    """Return a stack on AWS whose functions do not answer."""
    cloudformation = FakeCloudFormation("shop", {}, {"SweepOrdersFunction": "shop-SweepOrders"})
    aws = cast("boto3.Session", Session(cloudformation=cloudformation))
    return Stack("shop", aws, {"EventsTable": "events"}, "https://api")


@pytest.mark.parametrize("name", CALLS)
def test_a_function_may_use_all_its_time_before_it_counts_as_silent(name: str, silent: Stack) -> None:
    with pytest.raises(Silent, match=f"has not answered for {LIMITS[name] + PATIENCE.seconds:g} s"):
        CALLS[name](silent)
