"""Invoking a function with its sample event."""

import base64
from dataclasses import replace
from pathlib import Path

import pytest

from saga.failures import UsageFailure
from saga.local import samples
from saga.local.functions import EVENTS, invoke, logical_id
from saga.stack.stack import Stack
from tests.unit.saga.fakes import FakeCloudFormation, FakeLambda, session

LOG = {"LogResult": base64.b64encode(b"reserving").decode()}


def stack(function: FakeLambda) -> Stack:
    functions = {"ReserveInventoryFunction": "shop-ReserveInventory"}
    cloudformation = FakeCloudFormation("shop", {}, functions)
    return Stack("shop", session(cloudformation=cloudformation, **{"lambda": function}), {}, "http://api")


@pytest.fixture
def events(tmp_path: Path) -> Path:
    (tmp_path / "reserve_inventory.json").write_text('{"orderId": "o-1"}')
    return tmp_path


def test_a_function_has_the_name_of_its_sample_event() -> None:
    assert logical_id("reserve_inventory") == "ReserveInventoryFunction"


def test_the_deployed_function_gets_the_event(events: Path) -> None:
    function = FakeLambda({"status": "RESERVED"}, **LOG)
    invocation = invoke(stack(function), "reserve_inventory", events)
    assert (function.request["FunctionName"], function.request["Payload"]) == (
        "shop-ReserveInventory",
        b'{"orderId": "o-1"}',
    )
    assert (invocation.response, invocation.error, invocation.log) == ({"status": "RESERVED"}, None, "reserving")


def test_on_the_engine_the_event_is_about_an_order_of_the_stack(events: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    function = FakeLambda({}, **LOG)
    monkeypatch.setattr(samples, "_ORDERS", {"o-1": lambda stack: f"order of {stack.name}"})
    invoke(replace(stack(function), endpoint="http://127.0.0.1:4566"), "reserve_inventory", events)
    assert function.request["Payload"] == b'{"orderId": "order of shop"}'


def test_an_error_has_its_name_and_message(events: Path) -> None:
    answer = {"errorType": "InsufficientStock", "errorMessage": "2 wanted, 1 available"}
    invocation = invoke(stack(FakeLambda(answer, FunctionError="Unhandled", **LOG)), "reserve_inventory", events)
    assert invocation.error == "InsufficientStock: 2 wanted, 1 available"


def test_an_unknown_name_is_refused_with_the_known_ones(events: Path) -> None:
    with pytest.raises(UsageFailure, match="Unknown sample event 'nope': expected one of reserve_inventory"):
        invoke(stack(FakeLambda({})), "nope", events)


def test_each_sample_event_belongs_to_a_function_of_the_template() -> None:
    template = (EVENTS.parent / "template.yaml").read_text()
    names = [event.stem for event in EVENTS.glob("*.json")]
    assert names
    for name in names:
        assert f"\n  {logical_id(name)}:\n" in template
