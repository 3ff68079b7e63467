from io import StringIO

import pytest
from hypothesis import given
from rich.console import Console

from saga.graph import Outcome, StateStatus
from saga.graph.asl import parse
from saga.graph.terminal import to_text
from tests.unit.graph.definitions import LOOP, SAGA, Definition, definitions, machine, task, transitions, tried

STATUSES = {"ReserveInventory": StateStatus(Outcome.SUCCEEDED), "ProcessPayment": StateStatus(Outcome.CAUGHT, 3)}
BOTH = pytest.mark.parametrize("definition", [SAGA, LOOP], ids=["saga", "loop"])

SMALL = """\
         ●
         ▼
╭─ Task ─────────╮ Declined
│      Pay       │┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄╮
╰────────────────╯               ┆
         │                       ┆
         ▼                       ▼
╭─ Task (end) ───╮      ╭─ Fail ─────────╮
│      Done      │      │     Undone     │
╰────────────────╯      ╰────────────────╯
"""


def printed(definition: Definition, width: int, statuses: dict[str, StateStatus] | None = None) -> str:
    text = StringIO()
    Console(file=text, width=width).print(to_text(definition, statuses))
    return text.getvalue()


def test_a_wide_terminal_shows_boxes_and_arrows() -> None:
    definition = machine(Pay=task("Done", Declined="Undone"), Done=task(), Undone={"Type": "Fail"})
    assert printed(definition, 80) == SMALL


@tried
@given(definition=definitions())
def test_every_state_has_a_box_and_every_line_an_arrowhead(definition: Definition) -> None:
    text = printed(definition, 10_000)
    assert all(name in text for name in definition["States"])
    assert text.count("╭─ ") == len(definition["States"])
    assert sum(map(text.count, "▼◀▶▲")) == 1 + len(parse(definition).edges)


@BOTH
@pytest.mark.parametrize("width", [40, 60, 200])
def test_no_line_is_wider_than_the_terminal(definition: Definition, width: int) -> None:
    assert max(map(len, printed(definition, width, STATUSES).splitlines())) <= width


@BOTH
def test_a_narrow_terminal_shows_a_list_with_every_transition(definition: Definition) -> None:
    text = printed(definition, 60)
    listed, source = set(), ""
    for line in text.splitlines()[1:]:
        mark, _, rest = line.lstrip("│├└─ ").partition(" ")
        if mark in {"→", "⇢"}:
            listed.add((source, rest.partition(":")[0].strip()))
        elif not line.startswith("│   │  ") and mark in definition["States"]:
            source = mark
    assert listed == transitions(definition)


@pytest.mark.parametrize("width", [60, 200])
def test_outcomes_have_a_glyph_and_a_legend_and_retries_a_count(width: int) -> None:
    text = printed(SAGA, width, STATUSES)
    for part in ("✓ ReserveInventory", "! ProcessPayment", "· ConfirmOrder", "3 retries", "! caught error"):
        assert part in text


def test_outcomes_have_colours_on_a_terminal_with_colours() -> None:
    text = StringIO()
    console = Console(file=text, width=200, force_terminal=True, color_system="standard", no_color=False)
    console.print(to_text(SAGA, STATUSES))
    assert "\x1b[32m│ ✓ ReserveInventory │" in text.getvalue()
    assert "\x1b[33m│ ! ProcessPayment   │" in text.getvalue()


def test_square_brackets_in_a_name_are_not_markup() -> None:
    assert "[red]Pay" in printed(machine(**{"[red]Pay": task()}), 80)
