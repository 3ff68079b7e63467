"""Tables in Markdown, and what is in their cells."""

from collections.abc import Iterable

MILLION = 1_000_000


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    """Return a table in Markdown."""
    return "".join(f"| {' | '.join(line)} |\n" for line in (head, ["---"] * len(head), *rows))


def number(value: float) -> str:
    """Return a number of units; nothing for none."""
    return f"{value:g}" if value else ""


def dollars(each: float) -> str:
    """Return the dollars of a million, given those of one."""
    return f"{each * MILLION:.2f}" if each * MILLION < 1 else f"{each * MILLION:.0f}"


def priced(dollars: float, per: int) -> str:
    """Return a price as it is listed."""
    return f"{dollars:g} for {per:,}" if per > 1 else f"{dollars:g}"
