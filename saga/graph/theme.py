"""Sizes and colours of a drawing."""

from typing import NamedTuple

# name: fill, border, text; literals because the PNG renderer doesn't support CSS variables
type Palette = dict[str, tuple[str, str, str]]

LIGHT: Palette = {
    "canvas": ("#ffffff", "#ffffff", "#3d4852"),
    "plain": ("#eef4fb", "#5b7a9d", "#17324d"),
    "succeeded": ("#e5f5ea", "#1a7f37", "#0f4d21"),
    "caught": ("#fff3dc", "#b35900", "#6b3600"),
    "failed": ("#fdeaea", "#c62828", "#7d1616"),
    "running": ("#e4efff", "#0b62d6", "#083b80"),
    "not_reached": ("#ffffff", "#a3adb8", "#5c6670"),
    "next": ("none", "#4a5a6a", "#3d4852"),
    "catch": ("none", "#b35900", "#8a4500"),
}

DARK: Palette = {
    "canvas": ("#12181f", "#12181f", "#c4ced8"),
    "plain": ("#1d2d3f", "#7396bd", "#dbe8f6"),
    "succeeded": ("#12311c", "#4cc06d", "#b9efc8"),
    "caught": ("#3a2608", "#e39b3d", "#ffdfae"),
    "failed": ("#421819", "#f2777a", "#ffd0d0"),
    "running": ("#102d55", "#6aa9ff", "#d3e5ff"),
    "not_reached": ("#12181f", "#66727f", "#9fabb7"),
    "next": ("none", "#9fb0c1", "#c4ced8"),
    "catch": ("none", "#e39b3d", "#f0b66a"),
}


class Metrics(NamedTuple):
    """Sizes in the unit of the drawing. The defaults are pixels."""

    name: int = 9  # width of a character of a state's name
    frame: int = 52  # width of a box without the name
    box: tuple[int, int] = (196, 46)  # minimum width and height of a box
    corners: int = 20  # height of a side without the distances between its lines
    label: int = 8  # width of a character of a label
    line: int = 15  # height of a line of a label
    pen: int = 2  # thickness of a line
    pad: int = 8  # beside a label
    lift: int = 5  # from a label down to its line
    gap: int = 48  # between rows
    drop: int = 17  # from the top of a gap to a label in it
    gutter: int = 48  # minimum distance of columns
    lane: int = 14  # between parallel lines in a gutter or gap
    spread: int = 32  # between lines at the top of a box
    edge: int = 20  # around the picture


PIXELS = Metrics()
CELLS = Metrics(1, 6, (18, 3), 3, 1, 1, 1, 1, 0, 2, 0, 6, 2, 4, 0)
