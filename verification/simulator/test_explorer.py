"""The explorer itself: a small sample of what it plays, that it finds what is broken, and how it tells of it."""

from string import ascii_uppercase

from rich.console import Console

from verification.simulator.__main__ import run
from verification.simulator.mutants.everyone import BY_HAND
from verification.simulator.mutants.hazards import GUARD, MUTANTS_OF
from verification.simulator.mutants.hunt import hunt
from verification.simulator.story import Story

MUTANTS = {mutant.name: mutant for module in BY_HAND for mutant in module.MUTANTS}


def test_an_order_without_its_event_is_found_and_told_in_a_few_lines() -> None:
    violation = hunt(MUTANTS["order and event are two writes"], seed=1).violation
    assert violation
    assert violation.found[0].endswith("is PENDING without an event that says started")
    assert len(violation.story) < 10


def test_every_hazard_has_a_mutant() -> None:
    known = {f"V{number}" for number in range(1, 11)} | set(ascii_uppercase[: ascii_uppercase.index("P") + 1])
    assert {hazard.split()[0] for hazard in MUTANTS_OF} == known
    assert all(name in MUTANTS or name.startswith(GUARD) for names in MUTANTS_OF.values() for name in names)


def test_no_schedule_of_the_sample_breaks_an_invariant() -> None:
    assert run(Console(quiet=True), examples=150, seed=1, jobs=2) == 0


def told(*lines: str) -> list[str]:
    story = Story()
    for line in lines:
        story.tell("client", line)
    return list(story.lines())


def test_what_happens_is_told_in_order_with_a_number() -> None:
    assert told("asks", "is answered") == ["   1  client  asks", "   2  client  is answered"]


def test_what_is_done_again_and_again_is_told_once() -> None:
    assert told("begins", *3 * ("asks", "is answered"), "ends") == [
        "   1  client  begins",
        "   2  client  asks",
        "   3  client  is answered",
        "      … 2 to 3 again, 2 times",
        "   8  client  ends",
    ]


def test_executions_that_do_the_same_are_told_once() -> None:
    story = Story()
    for number in range(3):
        story.tell(f"E{number} order A", "ends FAILED")
    assert len(list(story.lines())) == 2


def test_what_is_done_twice_is_told_twice() -> None:
    assert len(told("asks", "asks")) == 2
