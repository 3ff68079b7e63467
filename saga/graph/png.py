"""The drawing as PNG."""

import re


class FontError(RuntimeError):
    """No font of the drawing is installed, so the picture would have no text."""


def to_png(svg: str) -> bytes:
    """Rasterise an SVG at twice its size, in its light colours. Raises FontError where its text would be lost."""
    from resvg_py import svg_to_bytes  # noqa: PLC0415  (keeps the command's help fast)

    picture = svg_to_bytes(svg_string=svg, zoom=2)
    if "<text" in svg and picture == svg_to_bytes(svg_string=re.sub("<text.*?</text>", "", svg), zoom=2):
        raise FontError("none of the fonts of the drawing is installed; fonts-dejavu-core is one that will do")
    return picture
