"""Fixtures of the tests that run in process."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from moto import mock_aws
from pytest_socket import disable_socket, enable_socket

from tests.support import world as memory

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def no_sockets() -> Iterator[None]:
    """Let nothing reach a network."""
    disable_socket()
    yield
    enable_socket()


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let retries and late answers take no time."""
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)


@pytest.fixture
def world() -> Iterator[None]:
    """Give a fresh world: the template's tables, the catalogue on the shelf."""
    with mock_aws():
        memory.create_tables()
        memory.stock_up()
        yield
