"""The two sources: a stack that is found when it is asked, and a file."""

import threading
from dataclasses import dataclass, field
from typing import Any, Self

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from saga.console.exported import FileSource
from saga.console.live import LiveSource
from saga.console.source import Kind, NotOffered
from saga.failure import Failure, NoSuchOrder, Unreachable
from saga.orders.listing import Filter
from saga.stack import Stack
from saga.target import Target
from tests.console.fake_source import record
from tests.unit.saga.fakes import session

OUTPUTS = {
    "StateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:saga",
    "InventoryTable": "inventory",
    "CircuitBreakerTable": "breaker",
}


@dataclass
class FakeDynamoDB:
    """An inventory with one product, and a breaker; or one that fails."""

    product: str = "monitor"
    failure: Exception | None = None
    deleted: list[str] = field(default_factory=list)

    def get_paginator(self, _: str) -> Self:
        return self

    def paginate(self, **_: object) -> list[Any]:
        if self.failure:
            raise self.failure
        numbers = {name: {"N": "1"} for name in ("price", "available", "stocked")}
        return [{"Items": [{"productId": {"S": self.product}, "name": {"S": "name"}, **numbers}]}]

    def delete_item(self, **asked: Any) -> dict[str, Any]:
        self.deleted.append(asked["TableName"])
        return {}


def stack(dynamodb: FakeDynamoDB | None = None, endpoint: str | None = None) -> Stack:
    return Stack("shop", session(dynamodb=dynamodb or FakeDynamoDB()), OUTPUTS, "https://api", endpoint)


@dataclass(frozen=True)
class Found(Target):
    """A target that leads to these, one after the other."""

    stacks: list[Stack | Failure] = field(default_factory=list)

    def load(self) -> Stack:
        found = self.stacks.pop(0)
        if isinstance(found, Failure):
            raise found
        return found


def shown(source: LiveSource) -> list[str]:
    return [product.product_id for product in source.products()]


def test_a_stack_is_found_when_it_is_first_asked_and_kept() -> None:
    source = LiveSource(Found(stacks=[stack(endpoint="http://127.0.0.1:4566")]))
    assert source.environment().place == "not reached yet"
    assert (shown(source), shown(source)) == (["monitor"], ["monitor"])
    assert (source.environment().kind, source.environment().stack) == (Kind.ENGINE, "shop")


def test_a_stack_that_did_not_answer_is_found_anew() -> None:
    silent = FakeDynamoDB(failure=EndpointConnectionError(endpoint_url="http://127.0.0.1:1"))
    source = LiveSource(Found(stacks=[stack(silent), stack(FakeDynamoDB("laptop"))]))
    with pytest.raises(Unreachable, match="endpoint URL"):
        source.products()
    assert shown(source) == ["laptop"]


def test_an_engine_that_is_not_there_is_looked_for_again() -> None:
    source = LiveSource(Found(stacks=[Unreachable("the engine is not running"), stack()]))
    with pytest.raises(Unreachable, match="not running"):
        source.products()
    assert shown(source) == ["monitor"]


def test_what_aws_refuses_is_a_failure() -> None:
    refusing = FakeDynamoDB(failure=ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "Scan"))
    with pytest.raises(Failure, match="AccessDenied") as refused:
        LiveSource(Found(stacks=[stack(refusing)])).products()
    assert not isinstance(refused.value, Unreachable)


def test_each_thread_has_a_stack_of_its_own() -> None:
    source = LiveSource(Found(stacks=[stack(FakeDynamoDB("one")), stack(FakeDynamoDB("two"))]))
    seen: list[str] = []
    for _ in range(2):
        thread = threading.Thread(target=lambda: seen.extend(shown(source) + shown(source)))
        thread.start()
        thread.join()
    assert seen == ["one", "one", "two", "two"]


def test_a_stack_on_aws_is_only_read_unless_writing_is_asked_for() -> None:
    table = FakeDynamoDB()
    with pytest.raises(NotOffered, match="--write"):
        LiveSource(Found(stacks=[stack(table)])).reset_breaker()
    assert table.deleted == []
    LiveSource(Found(stacks=[stack(table)]), write=True).reset_breaker()
    assert table.deleted == ["breaker"]


def test_an_engine_can_be_written_to() -> None:
    table = FakeDynamoDB()
    source = LiveSource(Found(stacks=[stack(table, "http://127.0.0.1:4566")]))
    assert source.environment().writable
    source.reset_breaker()
    assert table.deleted == ["breaker"]
    assert not LiveSource(Found(config_env="prod")).environment().writable


def test_the_flags_lead_other_commands_to_the_same_stack() -> None:
    source = LiveSource(Found(config_env="prod", region="eu-west-1", stacks=[stack()]))
    source.products()
    assert source.environment().flags == " --config-env prod --region eu-west-1"
    assert "123456789012" in source.environment().place


def test_a_file_has_one_order_and_nothing_else() -> None:
    declined = record("declined")
    source = FileSource(declined, "order.json")
    assert source.record(declined.order_id) is declined
    assert source.orders(Filter()) == [declined.order]
    assert source.environment().kind is Kind.FILE
    with pytest.raises(NoSuchOrder):
        source.record("another")
    for ask in (source.products, source.parked, source.undispatched, source.breaker, source.reset_breaker):
        with pytest.raises(NotOffered, match=r"order\.json"):
            ask()
    with pytest.raises(NotOffered):
        source.place({}, "key")
