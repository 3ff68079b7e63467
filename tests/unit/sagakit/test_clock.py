"""Time that never goes backwards within an order."""

from __future__ import annotations

import time

import pytest

from sagakit import clock


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 43_200_000_999_999)


def test_now_is_in_whole_milliseconds() -> None:
    assert clock.now() == 43_200_000


def test_after_something_long_ago_it_is_now() -> None:
    assert clock.after(0) == 43_200_000


@pytest.mark.parametrize("previous", [43_200_000, 43_299_000], ids=["this very millisecond", "a clock ahead of ours"])
def test_it_is_always_later_than_what_was_before(previous: int) -> None:
    assert clock.after(previous) == previous + 1
