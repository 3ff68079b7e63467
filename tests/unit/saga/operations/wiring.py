"""Fixtures of the tests of operations, of the commands for them, and of load."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from saga.operations import queue
from saga.target import Target
from sagakit.relay import dispatch
from tests.support.bus import Bus
from tests.unit.saga.operations import shop

if TYPE_CHECKING:
    from saga.stack import Stack


@pytest.fixture
def functions(world: None, monkeypatch: pytest.MonkeyPatch) -> shop.Functions:  # noqa: ARG001
    """Count the functions that are called, and wait for no message that is not there."""
    monkeypatch.setattr(queue, "_PATIENCE", 0)
    return shop.Functions()


@pytest.fixture
def stack(functions: shop.Functions, bus: Bus) -> Stack:  # noqa: ARG001
    """Give a stack in a fresh world."""
    return shop.stack(functions)


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch, world: None) -> Bus:  # noqa: ARG001
    """Let the relay publish to a bus in memory, and start executions of a machine that does nothing."""
    bus = Bus()
    monkeypatch.setattr(dispatch, "bus", bus)
    dispatch.sfn.create_state_machine(
        name="test",
        definition='{"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}',
        roleArn="arn:aws:iam::123456789012:role/order-saga",
    )
    return bus


@pytest.fixture
def asked(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """Let every command be about the stack."""
    monkeypatch.setattr(Target, "load", lambda _target: stack)
    return stack
