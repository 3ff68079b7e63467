"""Money: integer minor units inside, a number with two decimals in JSON."""

from decimal import Decimal
from typing import NewType

Minor = NewType("Minor", int)  # 129999 is 1299.99


def major(minor: int) -> float:
    """Return 1299.99 for 129999, for JSON. Nothing is computed with it."""
    return float(Decimal(minor) / 100)


def minor(major: float) -> Minor:
    """Return 129999 for 1299.99."""
    return Minor(int((Decimal(str(major)) * 100).to_integral_value()))


def amount(minor: Minor) -> str:
    """Return 1299.99 for 129999, for people."""
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02}"


def signed_amount(minor: Minor) -> str:
    """Return +1299.99 or -1299.99, for people."""
    return f"{'+' if minor > 0 else ''}{amount(minor)}"
