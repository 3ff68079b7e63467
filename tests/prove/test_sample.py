"""A small sample of what `make prove` plays, always the same."""

from rich.console import Console

from tests.prove.__main__ import run


def test_no_schedule_of_the_sample_breaks_an_invariant() -> None:
    assert run(Console(quiet=True), examples=150, seed=1, jobs=2) == 0
