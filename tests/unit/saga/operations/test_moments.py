"""Times, durations and rate limits."""

import time

import pytest

from saga.failures import UsageFailure
from saga.operations.rate_limit import paced
from saga.text import times
from saga.text.durations import age

NOON = 1_767_268_800_000  # 2026-01-01T12:00:00Z


def test_times_for_programs_are_utc_to_the_millisecond() -> None:
    assert times.iso(NOON + 7) == "2026-01-01T12:00:00.007Z"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", NOON - 90_000),
        ("15m", NOON - 900_000),
        ("2h", NOON - 7_200_000),
        ("7d", NOON - 604_800_000),
        ("2026-01-01T11:00:00Z", NOON - 3_600_000),
        ("2026-01-01T13:00:00+01:00", NOON),
    ],
)
def test_a_time_is_relative_or_in_iso_8601(text: str, expected: int) -> None:
    assert times.moment(text, NOON) == expected


@pytest.mark.parametrize("text", ["", "yesterday", "5", "-5m", "5w", "2026-13-01"])
def test_anything_else_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageFailure, match="Invalid time"):
        times.moment(text, NOON)


@pytest.mark.parametrize(
    ("milliseconds", "text"), [(-5, "0 s"), (0, "0 s"), (59_999, "59 s"), (300_000, "5 min"), (90_000_000, "1 d")]
)
def test_an_age_has_the_largest_unit(milliseconds: int, text: str) -> None:
    assert age(milliseconds) == text


def test_a_local_time_has_a_date_if_it_is_more_than_a_day_ago() -> None:
    assert times.local(NOON, NOON + 300_000).endswith("(5 min ago)")
    assert times.local(NOON, NOON + 300_000).count("-") == 0
    assert times.local(NOON, NOON + 200_000_000).startswith("2026-01-01 ")


def test_items_are_not_faster_than_the_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    current, slept = [0.0], list[float]()

    def sleep(seconds: float) -> None:
        slept.append(round(seconds, 3))
        current[0] += seconds

    monkeypatch.setattr(time, "monotonic", lambda: current[0])
    monkeypatch.setattr(time, "sleep", sleep)
    for item in paced("abcd", rate=2):
        current[0] += {"b": 0.2, "c": 3.0}.get(item, 0.0)
    assert slept == [0.0, 0.5, 0.3, 0.0]
