"""A deployed stack, on the engine and on AWS."""

import pytest

from saga.failures import Unreachable
from saga.stack.stack import Stack
from tests.unit.saga.fakes import FakeCloudFormation, session

OUTPUTS = {
    "ApiUrl": "https://abc123.execute-api.us-east-1.amazonaws.com/dev",
    "StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:shop-Saga",
    **{f"{table}Table": table.lower() for table in ("Orders", "OrderLines", "Events", "Inventory")},
}


def load(endpoint: str | None = None) -> Stack:
    functions = {"PlaceOrderFunction": "shop-PlaceOrder"}
    return Stack.load(session(cloudformation=FakeCloudFormation("shop", OUTPUTS, functions)), "shop", endpoint)


def test_on_aws_the_api_has_the_url_of_the_stack_output() -> None:
    assert load().api_url == OUTPUTS["ApiUrl"]


def test_the_engine_serves_the_api_by_id_and_stage() -> None:
    assert load("http://127.0.0.1:4566").api_url == "http://127.0.0.1:4566/_aws/execute-api/abc123/dev"


def test_an_execution_is_found_by_its_name() -> None:
    assert load().execution_arn("o-1") == "arn:aws:states:us-east-1:123456789012:execution:shop-Saga:o-1"


def test_a_function_is_found_by_its_logical_id() -> None:
    assert load().function_name("PlaceOrderFunction") == "shop-PlaceOrder"


def test_an_unknown_function_is_unreachable() -> None:
    with pytest.raises(Unreachable, match="shop has no NopeFunction"):
        load().function_name("NopeFunction")


def test_a_stack_that_is_not_deployed_is_unreachable() -> None:
    with pytest.raises(Unreachable, match="other is not deployed"):
        Stack.load(session(cloudformation=FakeCloudFormation("shop", OUTPUTS)), "other")


def test_another_applications_stack_is_unreachable() -> None:
    with pytest.raises(Unreachable, match="shop is not an Order Saga: it has no output ApiUrl"):
        Stack.load(session(cloudformation=FakeCloudFormation("shop", {})), "shop")


def test_a_stack_knows_its_place() -> None:
    assert (load().on_engine, load().place) == (False, "AWS account 123456789012, us-east-1")
    on_engine = load("http://127.0.0.1:4566")
    assert (on_engine.on_engine, on_engine.place) == (True, "engine on 127.0.0.1:4566, us-east-1")
