"""Amounts, durations and statuses as the pages show them."""

import pytest

from saga.console.labels import status_pill
from saga.text.durations import duration
from saga.text.money import Minor, amount, minor, signed_amount


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (0, "0 ms"),
        (999, "999 ms"),
        (1_250, "1.25 s"),
        (59_990, "59.99 s"),
        (59_999, "59.99 s"),
        (60_000, "1 min 0 s"),
        (3_599_999, "59 min 59 s"),
        (11_400_000, "3 h 10 min"),
        (187_200_000, "2 d 4 h"),
    ],
)
def test_a_duration_has_its_two_largest_units(milliseconds: int, text: str) -> None:
    assert duration(milliseconds) == text


def test_money_has_two_decimals() -> None:
    assert (amount(Minor(129999)), amount(Minor(5)), amount(minor(1299.9))) == ("1299.99", "0.05", "1299.90")


def test_a_change_has_a_sign() -> None:
    assert (signed_amount(Minor(100)), signed_amount(Minor(-129999))) == ("+1.00", "-1299.99")


def test_every_status_has_a_glyph_and_a_word_even_an_unknown_one() -> None:
    assert "✓" in status_pill("CONFIRMED")
    assert "CONFIRMED" in status_pill("CONFIRMED")
    assert "SHIPPED" in status_pill("SHIPPED")
