import re
from itertools import product
from xml.etree import ElementTree as ET

import pytest

from saga.graph import DefinitionError, Outcome, StateStatus, render
from saga.graph.theme import DARK, LIGHT, Palette
from tests.unit.graph.definitions import LOOP, SAGA, Definition, machine, task, transitions

BAD = '<script>alert("1")</script> & co'
BOTH = pytest.mark.parametrize("definition", [SAGA, LOOP], ids=["saga", "loop"])


def drawn(svg: str) -> ET.Element:
    return ET.fromstring(svg.replace('xmlns="http://www.w3.org/2000/svg"', ""))  # noqa: S314  (our own)


def texts(element: ET.Element) -> list[str]:
    return [text.text or "" for text in element.iter("text")]


def states(svg: str) -> dict[str, ET.Element]:
    return {texts(link)[0]: link for link in drawn(svg).iter("a")}


def lines(svg: str) -> dict[tuple[str, str, str], str]:
    """Return the path of each edge, by class and ends."""
    groups = [group for group in drawn(svg).iter("g") if "data-from" in group.attrib]
    return {(g.attrib["class"], g.attrib["data-from"], g.attrib["data-to"]): g[0].attrib["d"] for g in groups}


def state(outcome: Outcome, retries: int = 0) -> ET.Element:
    return states(render(machine(Pay=task()), {"Pay": StateStatus(outcome, retries)}))["Pay"]


@BOTH
def test_every_state_is_drawn_with_its_name_and_type(definition: Definition) -> None:
    found = {name: texts(link)[1] for name, link in states(render(definition)).items()}
    ends = {True: " (end)", None: ""}
    assert found == {name: f"{state['Type']}{ends[state.get('End')]}" for name, state in definition["States"].items()}


def test_a_task_that_ends_the_execution_has_the_shape_and_colour_of_a_success() -> None:
    drawing = states(render(machine(Pay=task("Done", Declined="Undone"), Done=task(), Undone={"Type": "Fail"})))
    looks = {name: (link.attrib["class"], link[0].attrib["rx"]) for name, link in drawing.items()}
    assert looks == {"Pay": ("plain", "8"), "Done": ("succeeded", "23"), "Undone": ("failed", "23")}


@BOTH
def test_every_transition_is_drawn_and_no_other(definition: Definition) -> None:
    assert {(source, target) for _, source, target in lines(render(definition))} == transitions(definition)


def test_a_catch_is_dashed_and_labelled_with_its_errors() -> None:
    svg = render(machine(Pay=task("Done", PaymentDeclined="Undo", **{"States.ALL": "Undo"}), Done=task(), Undo=task()))
    assert set(lines(svg)) == {("next", "Pay", "Done"), ("catch", "Pay", "Undo")}
    assert {"PaymentDeclined,", "any error"} <= set(texts(drawn(svg)))
    assert re.findall(r"(\S+) \.line\{stroke-dasharray", svg) == [".catch"]


def test_a_choice_is_labelled_with_its_conditions() -> None:
    labels = set(texts(drawn(render(LOOP))))
    assert {"$status = 'PENDING'", "$.amount", "NumericGreaterThan 100", "otherwise"} <= labels


def test_a_transition_and_a_catch_between_the_same_states_run_side_by_side() -> None:
    found = lines(render(SAGA))
    ends = ("RefundPayment", "ReleaseInventory")
    solid, dashed = (re.findall(r"[ML](\d+) ", found[kind, *ends]) for kind in ("next", "catch"))
    assert [int(right) - int(left) for left, right in zip(solid, dashed, strict=True)] == [32, 32]


def test_markup_in_a_state_machine_is_escaped() -> None:
    definition = machine(**{BAD: task("End", **{BAD: BAD}), "End": {"Type": "Choice", "Choices": [], "Default": BAD}})
    svg = render(definition, {BAD: StateStatus(Outcome.FAILED, 1)})
    assert "<script" not in svg
    assert BAD in states(svg)
    assert BAD in " ".join(texts(drawn(svg)))
    assert ("catch", BAD, BAD) in lines(svg)


def test_each_outcome_has_its_own_glyph_text_and_colours() -> None:
    links = [state(outcome) for outcome in Outcome]
    glyphs = {glyph.attrib["d"] for link in links for glyph in link.iter("path")}
    classes = {link.attrib["class"] for link in links}
    found = [texts(link)[1] for link in links]
    colours = {palette[name] for palette in (LIGHT, DARK) for name in classes}
    assert (len(glyphs), len(classes), len(colours)) == (5, 5, 10)
    assert found == ["succeeded", "caught error", "failed", "running", "not reached"]


def test_retries_are_counted_if_there_were_any() -> None:
    details = [texts(state(Outcome.SUCCEEDED, retries))[1] for retries in (0, 1, 3)]
    assert details == ["succeeded", "succeeded · 1 retry", "succeeded · 3 retries"]


def test_a_state_without_a_status_was_not_reached_and_an_unknown_one_is_not_drawn() -> None:
    svg = render(SAGA, {"RemovedSince": StateStatus(Outcome.FAILED)})
    assert {texts(link)[1] for link in states(svg).values()} == {"not reached"}


def test_the_picture_does_not_move_while_an_execution_runs() -> None:
    running = render(SAGA, {"ReserveInventory": StateStatus(Outcome.RUNNING, 3)})
    assert lines(running) == lines(render(SAGA))
    assert drawn(running).attrib == drawn(render(SAGA)).attrib


def test_a_state_is_a_link_whose_label_has_everything_visible() -> None:
    definition = machine(**{"Pay now": task()})
    link = states(render(definition, {"Pay now": StateStatus(Outcome.CAUGHT, 2)}))["Pay now"]
    assert link.attrib["href"] == "#Pay%20now"
    assert link.attrib["aria-label"] == "Pay now: Task (end), caught error · 2 retries"
    assert drawn(render(definition)).attrib["role"] == "group"


def test_the_drawing_follows_the_readers_colour_scheme() -> None:
    light, dark = LIGHT["plain"][0], DARK["plain"][0]
    by_default, _, in_the_dark = render(SAGA).partition("prefers-color-scheme: dark")
    assert (light in by_default, dark in by_default) == (True, False)
    assert (light in in_the_dark, dark in in_the_dark) == (False, True)


def test_colours_are_literals_because_the_png_renderer_supports_no_variables() -> None:
    assert "var(" not in render(SAGA)


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(("palette", "name"), list(product([LIGHT, DARK], LIGHT)))
def test_text_and_lines_have_the_contrast_of_wcag_level_aa(palette: Palette, name: str) -> None:
    canvas = palette["canvas"][0]
    fill, border, text = palette[name]
    behind = canvas if fill == "none" else fill
    assert contrast(text, behind) >= 4.5
    if name not in {"canvas", "not_reached"}:  # a state that was not reached is dim on purpose, but not its text
        assert contrast(border, canvas) >= 3


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        ({}, "the state machine has no valid States"),
        ({"StartAt": "A", "States": {"A": []}}, "States has no valid A"),
        ({"States": {"A": {"Type": "Pass"}}}, "the state machine has no valid StartAt"),
        ({"StartAt": "B", "States": {"A": {"Type": "Pass"}}}, "StartAt leads to B, which is not a state"),
        (machine(A=task("B")), "A leads to B, which is not a state"),
        (machine(A=task(Oops="C")), "A leads to C, which is not a state"),
        (machine(A={"Type": "Loop"}), "A has the unknown Type Loop"),
        (machine(A={"Type": "Choice", "Choices": [{}]}), "a choice of A has no valid Next"),
        (machine(A={"Type": "Task", "Catch": [{"Next": "A"}]}), "a catch of A has no valid ErrorEquals"),
        (machine(A=task(), **{"\x1b[31m": task()}), "a state's name is not plain text"),
    ],
)
def test_an_invalid_state_machine_is_refused_with_the_reason(definition: Definition, message: str) -> None:
    with pytest.raises(DefinitionError, match=re.escape(message)):
        render(definition)
