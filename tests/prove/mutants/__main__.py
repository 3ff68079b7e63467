"""Hunt every mutant: python -m tests.prove.mutants [--seed S] [--jobs J] [--only WORDS]."""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import TYPE_CHECKING

from rich.console import Console

from tests.prove.expected import BEHIND_OTHERS
from tests.prove.mutants import guards
from tests.prove.mutants.everyone import everyone
from tests.prove.mutants.hazards import not_shown
from tests.prove.mutants.hunt import hunt
from tests.prove.report import tell

if TYPE_CHECKING:
    from tests.prove.explore import Violation

type Told = tuple[str, bool, bool]  # name, whether it went as it should, whether it was found
type Result = tuple[str, str, Violation | None, bool, int, float]


def main() -> int:
    """Run the command; 0 if every mutant was found that can be."""
    parser = argparse.ArgumentParser(prog="python -m tests.prove.mutants", description="Hunt every mutant.")
    parser.add_argument("--seed", type=int, default=1, help="another seed draws other schedules")
    parser.add_argument("--jobs", type=int, default=2, help="processes at work")
    parser.add_argument("--only", default="", metavar="WORDS", help="only mutants whose names have these words")
    asked = parser.parse_args()
    return run(Console(), asked.seed, asked.jobs, asked.only)


def run(console: Console, seed: int, jobs: int, only: str) -> int:
    """Hunt them all, and tell of each; 0 if it went well."""
    started, issued = time.monotonic(), guards.found()
    names = [mutant.name for mutant in everyone(issued) if only in mutant.name]
    console.print(f"{len(names)} mutants, seed {seed}, {jobs} processes")
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        hunts = [pool.submit(_hunt, issued, name, seed) for name in names]
        results = [_told(console, each) for each in as_completed(hunts)]
    failed = [name for name, well, _ in results if not well]
    if not only:
        failed += not_shown([name for name, _, found in results if found])
        _never_asked(console)
    console.print(f"{len(results)} mutants, {time.monotonic() - started:.0f} s, not as expected: {len(failed)}")
    for name in failed:
        console.print(f"NOT AS EXPECTED: {name}", style="bold red", markup=False)
    return 1 if failed else 0


def _never_asked(console: Console) -> None:
    console.print("\nGuards that never say no, as a search makes sure, so that nothing comes of their loss:")
    for name, why in BEHIND_OTHERS.items():
        console.print(f"  {name}: {why}", markup=False, highlight=False)


def _hunt(issued: list[str], name: str, seed: int) -> Result:
    mutant = next(mutant for mutant in everyone(issued) if mutant.name == name)
    hunted = hunt(mutant, seed)
    return name, mutant.masked_by, hunted.violation, hunted.well, hunted.schedules, hunted.seconds


def _told(console: Console, hunt: Future[Result]) -> Told:
    name, masked_by, violation, well, schedules, seconds = hunt.result()
    verdict = "found" if violation else f"masked: {masked_by}" if masked_by else "GOT AWAY"
    style = "bold" if well else "bold red"
    console.print(f"\n● {name}: {verdict} ({schedules:,} schedules, {seconds:.0f} s)", style=style, markup=False)
    if violation:
        tell(console, violation)
    return name, well, bool(violation)


if __name__ == "__main__":
    sys.exit(main())
