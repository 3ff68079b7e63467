import re
from collections import Counter

import pytest

from saga.graph import Outcome, StateStatus, render
from saga.graph.formats import FontError, to_png
from saga.graph.theme import LIGHT
from tests.unit.graph.definitions import machine, task
from tests.unit.graph.fonts import needs_a_font
from tests.unit.graph.pixels import Pixel, rows

pytestmark = needs_a_font

ONE = machine(CompensationIncomplete=task())


def pixel(colour: str) -> Pixel:
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def colours(png: bytes) -> Counter[Pixel]:
    return Counter(found for row in rows(png) for found in row)


def test_the_png_is_neither_black_nor_blank() -> None:
    found = colours(to_png(render(ONE)))
    fill, border, text = map(pixel, LIGHT["succeeded"])  # a task that ends the execution
    assert found[255, 255, 255] > found.total() / 3
    assert found[fill] > found.total() / 10
    assert min(found[border], found[text]) > 100
    assert found[0, 0, 0] < found.total() / 100  # the transparent corners


def test_an_outcome_colours_the_png() -> None:
    found = colours(to_png(render(ONE, {"CompensationIncomplete": StateStatus(Outcome.FAILED)})))
    assert found[pixel(LIGHT["failed"][0])] > found.total() / 10
    assert pixel(LIGHT["succeeded"][0]) not in found


@pytest.mark.parametrize("name", ["CompensationIncomplete", "Pay"])
@pytest.mark.parametrize("outcome", [Outcome.NOT_REACHED, Outcome.CAUGHT])
def test_texts_keep_a_distance_from_the_border(name: str, outcome: Outcome) -> None:
    picture = rows(to_png(render(machine(**{name: task()}), {name: StateStatus(outcome, 99)})))
    _, border, text = map(pixel, LIGHT[outcome.slug])
    written = [x for row in picture for x, found in enumerate(row) if found == text]
    framed = [x for row in picture for x, found in enumerate(row) if found == border]
    assert min(written) - min(framed) > 10
    assert max(framed) - max(written) > 10


def test_a_picture_without_text_is_refused_because_a_font_is_missing() -> None:
    blank = re.sub(">[^<]*</text>", "> </text>", render(ONE))
    with pytest.raises(FontError, match="none of the fonts"):
        to_png(blank)
