"""Money, times and durations as people read them."""

import pytest

from saga.console.words import amount, duration, money, signed, signed_money, status_pill


@pytest.mark.parametrize(
    ("length", "words"),
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
def test_a_duration_is_told_in_its_two_largest_units(length: int, words: str) -> None:
    assert duration(length) == words


def test_money_has_two_decimals() -> None:
    assert (money(129999), money(5), amount(1299.9)) == ("1299.99", "0.05", "1299.90")
    assert (signed_money(100), signed_money(-129999)) == ("+1.00", "\N{MINUS SIGN}1299.99")
    assert (signed(2), signed(-1)) == ("+2", "\N{MINUS SIGN}1")


def test_a_status_has_a_glyph_and_a_word_and_one_that_is_not_known_too() -> None:
    assert "✓" in status_pill("CONFIRMED")
    assert "CONFIRMED" in status_pill("CONFIRMED")
    assert "SHIPPED" in status_pill("SHIPPED")
