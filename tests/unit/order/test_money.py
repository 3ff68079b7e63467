"""Money: integers internally, two decimals in JSON."""

import json
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from order.money import MAX_AMOUNT, to_minor, to_number

AMOUNTS = st.integers(min_value=0, max_value=MAX_AMOUNT)


@pytest.mark.parametrize(("amount", "minor"), [("0", 0), ("0.01", 1), ("1299.99", 129999), ("5", 500), ("19.90", 1990)])
def test_an_amount_is_converted_to_minor_units(amount: str, minor: int) -> None:
    assert to_minor(Decimal(amount)) == minor


@pytest.mark.parametrize("amount", ["0.001", "9.999", "1e-3"])
def test_a_fraction_of_a_minor_unit_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="more than two decimals"):
        to_minor(Decimal(amount))


@settings(deadline=None)
@example(minor=MAX_AMOUNT)
@given(minor=AMOUNTS)
def test_an_amount_survives_the_round_trip_through_json(minor: int) -> None:
    text = json.dumps(to_number(minor))
    assert to_minor(json.loads(text, parse_float=Decimal)) == minor


@pytest.mark.parametrize("minor", [10**16 - 1, 2**53 - 1])
def test_not_every_amount_with_another_digit_would_survive_it(minor: int) -> None:
    assert to_minor(json.loads(json.dumps(to_number(minor)), parse_float=Decimal)) != minor
