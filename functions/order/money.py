"""Money is an integer of minor units (cents) inside, a number with two decimals outside."""

from decimal import Decimal

MINOR_UNITS = 100


def to_minor(amount: Decimal) -> int:
    """Turn 1299.99 into 129999.

    Raises:
        ValueError: the amount is finer than a minor unit.
    """
    minor = amount * MINOR_UNITS
    if minor != minor.to_integral_value():
        raise ValueError(f"{amount} has more than two decimals")
    return int(minor)


def to_number(minor: int) -> float:
    """Turn 129999 into 1299.99, for JSON output only: nothing is computed with it."""
    return float(Decimal(minor) / MINOR_UNITS)
