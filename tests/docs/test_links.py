"""Every link on a page to another file of the repository works, with its heading."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.docs.test_operations import anchor
from tests.support.template import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)


class Link(NamedTuple):
    """A link from a page to a file, and to a heading of it if there is one."""

    page: str
    target: str


def links(page: Path) -> list[Link]:
    """Return the links of a page to files, without those to the web and those within the page."""
    targets = re.findall(r"\]\(([^)\s]+)\)", CODE.sub("", page.read_text()))
    return [Link(str(page.relative_to(ROOT)), each) for each in targets if not re.match(r"\w+:|#", each)]


LINKS = sorted({link for page in PAGES for link in links(page)})


@pytest.mark.parametrize("link", LINKS, ids=" ".join)
def test_a_link_to_a_file_works(link: Link) -> None:
    file, _, heading = link.target.partition("#")
    target = (ROOT / link.page).parent / file
    assert target.resolve().is_relative_to(ROOT)
    assert target.exists()
    if heading:
        assert heading in map(anchor, re.findall(r"^#+ (.+)$", target.read_text(), re.MULTILINE))


def test_the_pages_link_to_each_other() -> None:
    assert {"README.md", "docs/architecture.md", "docs/decisions/README.md"} <= {link.page for link in LINKS}
