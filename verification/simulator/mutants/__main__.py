"""Hunt every mutant: python -m verification.simulator.mutants [--seed S] [--jobs J] [--only WORDS]."""

import argparse
import sys
import time
from contextlib import closing

from rich.console import Console

from verification.simulator.expected import BEHIND_OTHERS
from verification.simulator.mutants import guards
from verification.simulator.mutants.everyone import everyone, hunts
from verification.simulator.mutants.hazards import not_shown
from verification.simulator.mutants.hunt import Hunted
from verification.simulator.report import tell


def main() -> int:
    """Run the command; 0 if every mutant was found that can be."""
    parser = argparse.ArgumentParser(prog="python -m verification.simulator.mutants", description="Hunt every mutant.")
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
    with closing(hunts(issued, names, seed, jobs)) as hunted:
        results = [_told(console, each) for each in hunted]
    failed = [each.name for each in results if not each.well]
    if not only:
        failed += not_shown([each.name for each in results if each.violation])
        _never_asked(console)
    console.print(f"{len(results)} mutants, {time.monotonic() - started:.0f} s, not as expected: {len(failed)}")
    for name in failed:
        console.print(f"NOT AS EXPECTED: {name}", style="bold red", markup=False, soft_wrap=True)
    return 1 if failed else 0


def _never_asked(console: Console) -> None:
    console.print("\nGuards that never say no, as a search makes sure, so that nothing comes of their loss:")
    for name, why in BEHIND_OTHERS.items():
        console.print(f"  {name}: {why}", markup=False, highlight=False, soft_wrap=True)


def _told(console: Console, hunted: Hunted) -> Hunted:
    verdict = "found" if hunted.violation else f"masked: {hunted.masked_by}" if hunted.masked_by else "GOT AWAY"
    title = f"\n● {hunted.name}: {verdict} ({hunted.schedules:,} schedules, {hunted.seconds:.0f} s)"
    console.print(title, style="bold" if hunted.well else "bold red", markup=False, soft_wrap=True)
    if hunted.violation:
        tell(console, hunted.violation)
    return hunted


if __name__ == "__main__":
    sys.exit(main())
