"""Money: an integer of minor units inside, a number with two decimals in JSON."""

from decimal import Decimal


def major(minor: int) -> float:
    """1299.99 for 129999; nothing is computed with it."""
    return float(Decimal(minor) / 100)
