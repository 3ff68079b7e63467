"""A place in a file that exists: it is written to only where its anchor stands exactly once."""

import re
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_TEXTS = Path(__file__).parent / "texts"


class _Text(Template):
    delimiter = "%"  # a dollar is for CloudFormation


@dataclass(frozen=True)
class Place:
    """`text` belongs into the file `path`, behind the only match of `anchor`; `where` says so to people."""

    path: str
    where: str
    anchor: str
    text: str

    def inserted(self, content: str) -> str | None:
        """The file's content with the text in it; None where the anchor is not there, or more than once."""
        found = [match.end() for match in re.finditer(self.anchor, content, re.MULTILINE)]
        return content[: found[0]] + self.text + content[found[0] :] if len(found) == 1 else None


def filled(text: str, names: "Mapping[str, str]") -> str:
    """A text with names in it; a placeholder in capitals gets the name in capitals."""
    return _Text(text).substitute({**{name.upper(): each.upper() for name, each in names.items()}, **names})


def read(name: str, names: "Mapping[str, str]") -> str:
    """A text of its own file, with names in it."""
    return filled((_TEXTS / f"{name}.txt").read_text(), names)
