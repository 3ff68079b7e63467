"""Pages of the docs with a block that a command writes, between `<!-- NAME -->` and `<!-- end -->`; and its tables."""

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

END = "<!-- end -->\n"


def with_block(text: str, name: str, block: str) -> str:
    """Return the text of a page with this block in place of the one that it has.

    Raises:
        LookupError: the page has no such mark.
    """
    before, mark, rest = text.partition(f"<!-- {name} -->\n")
    if not mark:
        raise LookupError(f"no mark for {name}")
    return f"{before}{mark}{block}{END}{rest.partition(END)[2]}"


def asked_for(description: str | None) -> Path | None:
    """Return the page in the command's arguments, if there is one."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("page", nargs="?", type=Path)
    page: Path | None = parser.parse_args().page
    return page


def write(page: Path | None, name: str, block: str) -> None:
    """Write the block into the page, or print it if there is none."""
    if page is None:
        print(block, end="")
    else:
        page.write_text(with_block(page.read_text(), name, block))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    return "".join(f"| {' | '.join(line)} |\n" for line in (head, ["---"] * len(head), *rows))
