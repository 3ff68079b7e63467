"""The timeline of an order, to scale."""

import re

import pytest

from saga.console.sections.gantt import chapters, gantt
from saga.graph import Outcome
from saga.orders.timeline import Bar, timeline
from tests.console.fake_source import record


def bar(started: int, ended: int | None, label: str = "A", note: str = "") -> Bar:
    return Bar(label, "attempt", started, ended, Outcome.SUCCEEDED, note)


def test_a_long_pause_begins_a_new_chapter() -> None:
    early, late = [bar(0, 10), bar(10, 20)], [bar(100_000, 100_010)]
    assert chapters([*early, *late]) == [early, late]


def test_an_execution_that_begins_while_nothing_runs_begins_a_new_chapter() -> None:
    relay = Bar("OrderResumed#1", "relay", 20, 25, None, "")
    assert chapters([bar(0, 20), relay, bar(25, 30)]) == [[bar(0, 20)], [relay, bar(25, 30)]]
    assert len(chapters([bar(0, 21), relay, bar(25, 30)])) == 1


def test_a_long_wait_does_not_begin_a_new_chapter() -> None:
    waited = [bar(0, 10), Bar("A", "wait", 10, 60_000, None, ""), bar(60_000, 60_010)]
    assert chapters(waited) == [waited]


def test_the_pause_between_chapters_is_shown() -> None:
    assert "1 min 39 s later" in gantt([bar(0, 10), bar(100_000, 100_010)])


def test_attempts_at_a_state_share_a_row_with_their_waits() -> None:
    shown = gantt([bar(0, 10, "A"), Bar("A", "wait", 10, 20, None, ""), bar(20, 30, "A", "late"), bar(30, 40, "B")])
    assert shown.count("<tr>") == 3  # one is the header
    assert "2 attempts · late" in shown


def test_bars_are_to_scale() -> None:
    shown = gantt([bar(0, 50), bar(50, 100, "B")])
    assert re.findall(r"left:[\d.]+%;width:[\d.]+%", shown) == ["left:0.00%;width:50.00%", "left:50.00%;width:50.00%"]


def test_a_running_attempt_extends_to_the_end() -> None:
    shown = gantt([bar(0, 50), bar(50, None, "B"), bar(75, 100, "C")])
    assert "left:50.00%;width:50.00%" in shown
    assert "running" in shown


def test_an_order_without_bars_has_no_timeline() -> None:
    assert gantt([]) == ""


@pytest.mark.parametrize("name", ["confirmed", "declined", "flaky", "out_of_stock", "parked", "resumed"])
def test_the_delay_before_the_saga_and_the_waits_are_shown(name: str) -> None:
    shown = gantt(timeline(record(name)))
    assert 'class="bar relay"' in shown
    assert ('class="bar wait"' in shown) == (name in ("flaky", "parked", "resumed"))
