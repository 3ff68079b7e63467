"""The two sources: a live stack and an exported file."""

import threading
from dataclasses import dataclass, field
from operator import attrgetter

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from saga.console.sources.exported import FileSource
from saga.console.sources.live import LiveSource
from saga.console.sources.source import Kind, NotSupported
from saga.failures import Failure, NoSuchOrder, Unreachable
from saga.orders.listing import Filter
from saga.stack.stack import Stack
from saga.stack.target import Target
from tests.console.fake_source import record
from tests.unit.saga.fakes import session

OUTPUTS = {"StateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:saga"}
ENGINE = "http://127.0.0.1:4566"

name = attrgetter("name")  # as a query


def stack(name: str = "shop", endpoint: str | None = None) -> Stack:
    return Stack(name, session(), OUTPUTS, "https://api", endpoint)


@dataclass(frozen=True)
class FakeTarget(Target):
    """A target that loads these stacks in order."""

    stacks: list[Stack | Failure] = field(default_factory=list)

    def load(self) -> Stack:
        found = self.stacks.pop(0)
        if isinstance(found, Failure):
            raise found
        return found


def test_a_stack_is_loaded_at_the_first_request_and_kept() -> None:
    source = LiveSource(FakeTarget(stacks=[stack(endpoint=ENGINE)]))
    assert source.environment().place == "not connected yet"
    assert (source.read(name), source.read(name)) == ("shop", "shop")
    assert (source.environment().kind, source.environment().stack) == (Kind.ENGINE, "shop")


def test_a_stack_that_did_not_answer_is_loaded_again() -> None:
    def answer_if_moved(stack: Stack) -> str:
        if stack.name == "old":
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")
        return stack.name

    source = LiveSource(FakeTarget(stacks=[stack("old"), stack("new")]))
    with pytest.raises(Unreachable, match="endpoint URL"):
        source.read(answer_if_moved)
    assert source.read(answer_if_moved) == "new"


def test_a_missing_engine_is_looked_for_again() -> None:
    source = LiveSource(FakeTarget(stacks=[Unreachable("the engine is not running"), stack()]))
    with pytest.raises(Unreachable, match="not running"):
        source.read(name)
    assert source.read(name) == "shop"


def test_a_refusal_by_aws_is_a_failure() -> None:
    def refuse(_: Stack) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "Scan")

    with pytest.raises(Failure, match="AccessDenied") as refused:
        LiveSource(FakeTarget(stacks=[stack()])).read(refuse)
    assert not isinstance(refused.value, Unreachable)


def test_each_thread_has_its_own_stack() -> None:
    source = LiveSource(FakeTarget(stacks=[stack("one"), stack("two")]))
    seen: list[str] = []
    for _ in range(2):
        thread = threading.Thread(target=lambda: seen.extend([source.read(name), source.read(name)]))
        thread.start()
        thread.join()
    assert seen == ["one", "one", "two", "two"]


def test_a_stack_on_aws_is_read_only_unless_writes_are_allowed() -> None:
    changed: list[Stack] = []
    with pytest.raises(NotSupported, match="--write"):
        LiveSource(FakeTarget(stacks=[stack()])).act(changed.append)
    assert changed == []
    LiveSource(FakeTarget(stacks=[stack()]), write=True).act(changed.append)
    assert len(changed) == 1


def test_an_engine_can_be_written_to() -> None:
    changed: list[Stack] = []
    source = LiveSource(FakeTarget(stacks=[stack(endpoint=ENGINE)]))
    assert source.environment().writable
    source.act(changed.append)
    assert len(changed) == 1
    assert not LiveSource(FakeTarget(config_env="prod")).environment().writable


def test_the_flags_make_other_commands_use_the_same_stack() -> None:
    source = LiveSource(FakeTarget(config_env="prod", region="eu-west-1", stacks=[stack()]))
    source.read(name)
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
    for request in (source.read, source.act):
        with pytest.raises(NotSupported, match=r"order\.json"):
            request(name)
