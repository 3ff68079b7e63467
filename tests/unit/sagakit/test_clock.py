"""Time never goes backwards within a saga."""

import time

import pytest

from sagakit import clock


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 43_200_000_999_999)


def test_now_is_in_whole_milliseconds() -> None:
    assert clock.now() == 43_200_000


@pytest.mark.parametrize(
    ("previous", "after"),
    [(0, 43_200_000), (43_200_000, 43_200_001), (43_299_000, 43_299_001)],
    ids=["long ago", "this very millisecond", "a clock ahead of ours"],
)
def test_the_next_time_is_now_and_always_later_than_the_previous_one(previous: int, after: int) -> None:
    assert clock.after(previous) == after
