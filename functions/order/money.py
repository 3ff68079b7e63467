"""Money: an integer of minor units (cents) internally, a number with two decimals in JSON."""

from decimal import Decimal

MINOR_UNITS = 100
# JSON's numbers are usually read as doubles, which keep 15 decimal digits. Beyond this amount, cents get lost.
MAX_AMOUNT = 10**15 - 1  # minor units


def to_minor(amount: Decimal) -> int:
    """Convert 1299.99 to 129999.

    Raises:
        ValueError: the amount has a fraction of a minor unit.
    """
    minor = amount * MINOR_UNITS
    if minor != minor.to_integral_value():
        raise ValueError(f"{amount} has more than two decimals")
    return int(minor)


def to_number(minor: int) -> float:
    """Convert 129999 to 1299.99, for JSON output only: never calculate with it."""
    return float(Decimal(minor) / MINOR_UNITS)
