"""The `saga` command on real tables in memory, with the real handlers."""

import pytest

from saga.operations import queue
from saga.stack.stack import Stack
from saga.stack.target import Target
from tests.support.bus import Bus
from tests.unit.saga.operations import shop


@pytest.fixture
def functions(world: None, monkeypatch: pytest.MonkeyPatch) -> shop.Functions:  # noqa: ARG001
    """Run the real handlers as functions, and never wait for queue messages."""
    monkeypatch.setattr(queue, "_WAIT_SECONDS", 0)
    return shop.Functions()


@pytest.fixture
def stack(functions: shop.Functions, bus: Bus) -> Stack:  # noqa: ARG001
    """Return a stack in a fresh world."""
    return shop.stack(functions)


@pytest.fixture
def target_stack(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """Make every command target the stack."""
    monkeypatch.setattr(Target, "load", lambda _target: stack)
    return stack
