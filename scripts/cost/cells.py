"""What is in the cells of the tables."""

MILLION = 1_000_000


def number(value: float) -> str:
    """Return a number of units; nothing for none."""
    return f"{value:g}" if value else ""


def dollars(each: float) -> str:
    """Return the dollars of a million, given those of one."""
    return f"{each * MILLION:.2f}" if each * MILLION < 1 else f"{each * MILLION:.0f}"


def priced(dollars: float, per: int) -> str:
    """Return a price as it is listed."""
    return f"{dollars:g} for {per:,}" if per > 1 else f"{dollars:g}"
