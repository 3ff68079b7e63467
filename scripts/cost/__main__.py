"""Prices what was counted: python -m scripts.cost [--check]. It writes the tables into docs/cost.md and the README.

With --check, it fails if they are out of date.
"""

import argparse
import sys

from scripts.cost.cost_tables import ROOT, CostTables
from scripts.page import with_block
from statemachine.template import read


def main() -> int:
    """Print the tables, and write or check them; return 1 if a page is out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    tables = CostTables(read(ROOT / "template.yaml"))
    pages = {ROOT / "README.md": tables.readme(), ROOT / "docs" / "cost.md": tables.page()}
    texts = {page: (page.read_text(), _with(page.read_text(), blocks)) for page, blocks in pages.items()}
    stale = [page for page, (old, new) in texts.items() if old != new]
    if check:
        for page in stale:
            print(f"cost: {page.relative_to(ROOT)} is out of date; run make cost", file=sys.stderr)
        return int(bool(stale))
    for page in stale:
        page.write_text(texts[page][1])
    print("\n".join(block for blocks in pages.values() for block in blocks.values()))
    return 0


def _with(text: str, blocks: dict[str, str]) -> str:
    """Return a page's text with each block between its marks."""
    for name, block in blocks.items():
        text = with_block(text, f"cost: {name}", block)
    return text


if __name__ == "__main__":
    sys.exit(main())
