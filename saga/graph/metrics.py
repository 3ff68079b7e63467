"""The sizes that make a drawing one of pixels or of character cells."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Metrics:
    """Sizes in the unit of the drawing: pixels, or character cells."""

    name: int  # width of a character of a state's name
    frame: int  # width of a box without the name
    box: tuple[int, int]  # least width and height of a box
    corners: int  # height of a side without the distances between its lines
    label: int  # width of a character of a label
    line: int  # height of a line of a label
    pen: int  # thickness of a line
    pad: int  # beside a label
    lift: int  # from a label down to its line
    gap: int  # between rows
    drop: int  # from the top of a gap to a label in it
    gutter: int  # least distance of columns
    lane: int  # between parallel lines in a gutter or gap
    spread: int  # between lines at the top of a box
    edge: int  # around the picture


PIXELS = Metrics(
    name=9,
    frame=52,
    box=(196, 46),
    corners=20,
    label=8,
    line=15,
    pen=2,
    pad=8,
    lift=5,
    gap=48,
    drop=17,
    gutter=48,
    lane=14,
    spread=32,
    edge=20,
)

CELLS = Metrics(
    name=1,
    frame=6,
    box=(18, 3),
    corners=3,
    label=1,
    line=1,
    pen=1,
    pad=1,
    lift=0,
    gap=2,
    drop=0,
    gutter=6,
    lane=2,
    spread=4,
    edge=0,
)
