"""A drawing as the content of a file."""

import re
from collections.abc import Mapping
from enum import StrEnum
from io import StringIO

from resvg_py import svg_to_bytes
from rich.console import Console

from saga.graph.mermaid import to_mermaid
from saga.graph.outcome import Statuses
from saga.graph.svg import render
from saga.graph.terminal import to_text

_WIDTH = 10_000  # columns: a file has room for the drawing, a narrow terminal gets a list instead


class FontError(RuntimeError):
    """None of the drawing's fonts is installed, so the picture would have no text."""


class Format(StrEnum):
    """A format of a drawing."""

    TEXT = "text"
    SVG = "svg"
    PNG = "png"
    MERMAID = "mermaid"


SUFFIXES = {".txt": Format.TEXT, ".svg": Format.SVG, ".png": Format.PNG, ".mmd": Format.MERMAID}


def draw(chosen: Format, definition: Mapping[str, object], statuses: Statuses = None) -> bytes:
    """Draw a state machine in a format.

    Raises:
        DefinitionError: the definition cannot be drawn.
        FontError: a PNG would have no text.
    """
    match chosen:
        case Format.TEXT:
            text = StringIO()
            Console(file=text, width=_WIDTH, no_color=True).print(to_text(definition, statuses))
            return text.getvalue().encode()
        case Format.SVG:
            return render(definition, statuses).encode()
        case Format.PNG:
            return to_png(render(definition, statuses))
        case Format.MERMAID:
            return to_mermaid(definition, statuses).encode()


def to_png(svg: str) -> bytes:
    """Rasterise an SVG at twice its size, in its light colours.

    Raises:
        FontError: its text would be missing.
    """
    picture = svg_to_bytes(svg_string=svg, zoom=2)
    if "<text" in svg and picture == svg_to_bytes(svg_string=re.sub("<text.*?</text>", "", svg), zoom=2):
        raise FontError("none of the fonts of the drawing is installed. Install fonts-dejavu-core")
    return picture
