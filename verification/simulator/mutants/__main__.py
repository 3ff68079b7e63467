"""Hunt every mutant: python -m verification.simulator.mutants [--seed S] [--jobs J] [--only WORDS]."""

import argparse
import sys
import time
from contextlib import closing

from rich.console import Console

from verification.simulator.mutants.all_mutants import all_mutants, hunt_in_parallel
from verification.simulator.mutants.guard_survey import survey_guards
from verification.simulator.mutants.hazards import uncovered_hazards
from verification.simulator.mutants.hunt import Hunt
from verification.simulator.report.exploration_report import print_violation
from verification.simulator.report.required_coverage import UNREACHABLE_GUARDS


def main() -> int:
    """Run the command; return 0 if every mutant was found that is not masked."""
    parser = argparse.ArgumentParser(prog="python -m verification.simulator.mutants", description="Hunt every mutant.")
    parser.add_argument("--seed", type=int, default=1, help="another seed draws other schedules")
    parser.add_argument("--jobs", type=int, default=2, help="number of processes")
    parser.add_argument("--only", default="", metavar="WORDS", help="only mutants whose names contain these words")
    arguments = parser.parse_args()
    return run(Console(), arguments.seed, arguments.jobs, arguments.only)


def run(console: Console, seed: int, jobs: int, only: str) -> int:
    """Hunt the mutants and report; return 0 if every result is as expected."""
    started, survey = time.monotonic(), survey_guards(seed, jobs)
    mutants = [mutant for mutant in all_mutants(survey) if only in mutant.name]
    console.print(f"{len(mutants)} mutants, seed {seed}, {jobs} processes, survey {time.monotonic() - started:.0f} s")
    with closing(hunt_in_parallel(mutants, seed, jobs)) as hunts:
        results = [_report(console, each) for each in hunts]
    unexpected = [each.name for each in results if not each.as_expected]
    if not only:
        unexpected += uncovered_hazards([each.name for each in results if each.violation])
        _report_unreachable(console)
    console.print(f"{len(results)} mutants, {time.monotonic() - started:.0f} s, not as expected: {len(unexpected)}")
    for name in unexpected:
        console.print(f"NOT AS EXPECTED: {name}", style="bold red", markup=False, soft_wrap=True)
    return 1 if unexpected else 0


def _report_unreachable(console: Console) -> None:
    console.print("\nGuards that never refuse, so their loss has no effect (make prove checks that):")
    for name, reason in UNREACHABLE_GUARDS.items():
        console.print(f"  {name}: {reason}", markup=False, highlight=False, soft_wrap=True)


def _report(console: Console, hunt: Hunt) -> Hunt:
    verdict = "found" if hunt.violation else f"masked: {hunt.masked_by}" if hunt.masked_by else "SURVIVED"
    title = f"\n● {hunt.name}: {verdict} ({hunt.schedules:,} schedules, {hunt.seconds:.0f} s)"
    console.print(title, style="bold" if hunt.as_expected else "bold red", markup=False, soft_wrap=True)
    if hunt.violation:
        print_violation(console, hunt.violation)
    return hunt


if __name__ == "__main__":
    sys.exit(main())
