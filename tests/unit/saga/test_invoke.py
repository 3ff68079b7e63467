"""Running one function with its sample event."""

import base64
from pathlib import Path

import pytest

from saga.engine.invoke import EVENTS, invoke, logical_id
from saga.failure import UsageFailure
from saga.stack import Stack
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


def test_the_function_of_an_event_has_its_name() -> None:
    assert logical_id("reserve_inventory") == "ReserveInventoryFunction"


def test_the_deployed_function_gets_the_event(events: Path) -> None:
    function = FakeLambda({"status": "RESERVED"}, **LOG)
    invocation = invoke(stack(function), "reserve_inventory", events)
    assert (function.asked["FunctionName"], function.asked["Payload"]) == (
        "shop-ReserveInventory",
        b'{"orderId": "o-1"}',
    )
    assert (invocation.answer, invocation.error, invocation.log) == ({"status": "RESERVED"}, None, "reserving")


def test_an_error_is_told_by_its_name(events: Path) -> None:
    answer = {"errorType": "InsufficientStock", "errorMessage": "2 wanted, 1 available"}
    invocation = invoke(stack(FakeLambda(answer, FunctionError="Unhandled", **LOG)), "reserve_inventory", events)
    assert invocation.error == "InsufficientStock: 2 wanted, 1 available"


def test_a_name_without_an_event_is_answered_with_those_that_there_are(events: Path) -> None:
    with pytest.raises(UsageFailure, match="no event for nope; there is one for reserve_inventory"):
        invoke(stack(FakeLambda({})), "nope", events)


def test_each_sample_event_belongs_to_a_function_of_the_template() -> None:
    template = (EVENTS.parent / "template.yaml").read_text()
    names = [event.stem for event in EVENTS.glob("*.json")]
    assert names
    for name in names:
        assert f"\n  {logical_id(name)}:\n" in template
