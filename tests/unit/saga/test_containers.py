"""`saga env`: what `sam local` needs to run the functions in containers."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from saga.cli.commands import env
from saga.engine.pidfile import PidFile
from saga.engine.process import Engine
from saga.local import containers, samples
from saga.local.functions import EVENTS
from saga.stack.stack import Stack
from saga.stack.target import Target
from tests.support.cli import answer, saga
from tests.support.template import resources, template
from tests.unit.saga.fakes import FakeCloudFormation, session

FUNCTIONS = resources("AWS::Serverless::Function")
ENDPOINT = "http://172.17.0.1:4999"


class Deployed:
    """A Lambda client that knows the variables of each function."""

    def get_function_configuration(self, FunctionName: str) -> dict[str, Any]:  # noqa: N803 - the API's name
        names = declared(f"{FunctionName.removeprefix('shop-')}Function") - {"AWS_ENDPOINT_URL"}
        return {"Environment": {"Variables": {name: f"deployed {name}" for name in names}}}


def declared(function: str) -> set[str]:
    """Return the variables that the template declares for a function."""
    parts = (template()["Globals"]["Function"], FUNCTIONS[function]["Properties"])
    return {name for part in parts for name in part.get("Environment", {}).get("Variables", {})}


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Stack:
    names = {name: f"shop-{name.removesuffix('Function')}" for name in FUNCTIONS}
    clients = {"cloudformation": FakeCloudFormation("shop", {}, names), "lambda": Deployed()}
    outputs = {"StateMachineArn": "arn:aws:states:eu-west-1:000000000000:stateMachine:shop"}
    stack = Stack("shop", session(**clients), outputs, "http://api", "http://127.0.0.1:4999")
    monkeypatch.setattr(Target, "load", lambda _target: stack)
    monkeypatch.setattr(samples, "_ORDERS", {samples.CONFIRMED: lambda _: "o-1"})
    return stack


@contextmanager
def running(home: Path, monkeypatch: pytest.MonkeyPatch, **recorded: str) -> Iterator[None]:
    """Let an engine run: whoever holds the lock of its file is it."""
    monkeypatch.setattr(env, "ENGINE_HOME", home)
    file = PidFile(home / f"{Engine.name}.json")
    with file.claim():
        file.write(pid=1, port=4999, **recorded)
        yield


def test_each_function_gets_every_variable_that_it_has_in_the_stack_and_the_engines_address(stack: Stack) -> None:
    variables = containers.variables(stack, ENDPOINT)
    assert variables.keys() == FUNCTIONS.keys()
    for function, given in variables.items():
        assert given == {
            **{name: f"deployed {name}" for name in declared(function)},
            "AWS_ENDPOINT_URL": ENDPOINT,
        }


def test_the_events_are_about_orders_of_the_stack(stack: Stack, tmp_path: Path) -> None:
    events = tmp_path / "events"
    events.mkdir()
    (events / "get_order.json").write_text(json.dumps({"orderId": samples.CONFIRMED}))
    containers.write(stack, ENDPOINT, tmp_path / "into", events)
    assert json.loads((tmp_path / "into/events/get_order.json").read_text()) == {"orderId": "o-1"}
    assert json.loads((tmp_path / "into/env.json").read_text()) == containers.variables(stack, ENDPOINT)


@pytest.mark.usefixtures("stack")
def test_the_command_writes_both_and_prints_the_engines_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(tmp_path, monkeypatch, bridge="172.17.0.1"):
        printed = saga("env").stdout
        assert answer("env")["AWS_DEFAULT_REGION"] == "eu-west-1"
    assert printed == "export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=eu-west-1\n"
    written = json.loads((tmp_path / "sam-local/env.json").read_text())
    assert {each["AWS_ENDPOINT_URL"] for each in written.values()} == {ENDPOINT}
    assert {file.stem for file in (tmp_path / "sam-local/events").iterdir()} == {file.stem for file in EVENTS.iterdir()}


@pytest.mark.usefixtures("stack")
def test_without_a_bridge_nothing_is_written_and_the_way_to_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(tmp_path, monkeypatch):
        refused = saga("env")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "containers do not reach the engine" in refused.stderr
    assert "make up ENGINE_LISTEN=ADDRESS" in refused.stderr
    assert not (tmp_path / "sam-local").exists()


def test_a_stack_on_aws_is_refused(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Target, "load", lambda _target: replace(stack, endpoint=None))
    refused = saga("env")
    assert (refused.exit_code, refused.stdout) == (2, "")
