"""The saga is drawn as a reader expects, and the drawing of any machine is legible."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given

from saga.graph.asl import parse
from saga.graph.layout import Layout, Route, lay_out
from saga.graph.theme import CELLS, PIXELS, Metrics
from tests.template.graph import forward, undoing
from tests.unit.graph.definitions import SAGA, Definition, definitions, tried

HAPPY = forward()
UNDOING = [*undoing(), "OrderFailed"]

type Area = tuple[int, int, int, int]  # left, top, right, bottom


def boxes(layout: Layout) -> list[Area]:
    return [(box.x, box.y, box.x + box.width, box.y + box.height) for box in layout.boxes.values()]


def label(route: Route, metrics: Metrics) -> Area:
    (x, y), lines = route.label_at, route.edge.label
    width, height = max(map(len, lines)) * metrics.label, len(lines) * metrics.line
    return (x - width, y, x, y + height) if route.flush_right else (x, y, x + width, y + height)


def labels(layout: Layout, metrics: Metrics) -> list[Area]:
    return [label(route, metrics) for route in layout.routes if route.edge.label]


def segments(route: Route) -> list[Area]:
    return [(min(x, u), min(y, v), max(x, u), max(y, v)) for (x, y), (u, v) in pairwise(route.points)]


def overlap(one: Area, other: Area) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def collinear(one: Area, other: Area) -> bool:
    upright = one[0] == one[2] == other[0] == other[2] and one[1] < other[3] and other[1] < one[3]
    level = one[1] == one[3] == other[1] == other[3] and one[0] < other[2] and other[0] < one[2]
    return upright or level


sized = pytest.mark.parametrize("metrics", [PIXELS, CELLS], ids=["pixels", "cells"])


def columns(layout: Layout, names: list[str]) -> set[int]:
    return {layout.boxes[name].middle[0] for name in names}


@sized
def test_the_happy_path_is_one_straight_column_and_the_compensation_another(metrics: Metrics) -> None:
    layout = lay_out(parse(SAGA), metrics)
    straight = {(route.edge.source, route.edge.target) for route in layout.routes if len(route.points) == 2}
    assert len(columns(layout, HAPPY)) == len(columns(layout, UNDOING)) == 1
    assert max(columns(layout, HAPPY)) < min(columns(layout, UNDOING))
    assert {*pairwise(HAPPY), *pairwise(UNDOING)} <= straight


@sized
def test_nothing_crosses_the_happy_path_or_the_compensations_and_no_lines_to_the_same_state_cross(
    metrics: Metrics,
) -> None:
    """Lines to different states have to cross: each step leads to CancelOrder and to PauseOrder, on one side of it."""
    paths = {*pairwise(HAPPY), *pairwise(UNDOING)}
    for one, other in combinations(lay_out(parse(SAGA), metrics).routes, 2):
        ends = [(route.edge.source, route.edge.target) for route in (one, other)]
        if one.edge.target == other.edge.target or paths & set(ends):
            assert not [(a, b) for a in segments(one) for b in segments(other) if overlap(a, b)], ends


@sized
@tried
@given(definition=definitions())
def test_nothing_is_drawn_over_a_box_or_a_label(definition: Definition, metrics: Metrics) -> None:
    layout = lay_out(parse(definition), metrics)
    lines = [segment for route in layout.routes for segment in segments(route)]
    for box in boxes(layout):
        assert not [segment for segment in lines if overlap(segment, box)]
        assert not [area for area in labels(layout, metrics) if overlap(area, box)]
    assert not [pair for pair in ((a, b) for a in labels(layout, metrics) for b in lines) if overlap(*pair)]
    assert not [pair for pair in combinations(labels(layout, metrics), 2) if overlap(*pair)]
    assert not [pair for pair in combinations(boxes(layout), 2) if overlap(*pair)]


@sized
@tried
@given(definition=definitions())
def test_no_two_lines_run_on_top_of_each_other(definition: Definition, metrics: Metrics) -> None:
    routes = [segments(route) for route in lay_out(parse(definition), metrics).routes]
    assert not [(a, b) for one, other in combinations(routes, 2) for a in one for b in other if collinear(a, b)]


@sized
@tried
@given(definition=definitions())
def test_everything_is_inside_the_picture(definition: Definition, metrics: Metrics) -> None:
    layout = lay_out(parse(definition), metrics)
    points = [(x, y, x, y) for route in layout.routes for x, y in route.points]
    for left, top, right, bottom in [*boxes(layout), *labels(layout, metrics), *points]:
        assert left >= 0
        assert top >= 0
        assert right <= layout.width
        assert bottom <= layout.height
