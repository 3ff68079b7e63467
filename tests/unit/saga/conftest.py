"""The operator's command over real tables in memory, with the real handlers."""

import pytest

from saga.operations import queue
from saga.stack import Stack
from saga.target import Target
from tests.support.bus import Bus
from tests.unit.saga.operations import shop


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
def asked(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """Let every command be about the stack."""
    monkeypatch.setattr(Target, "load", lambda _target: stack)
    return stack
