"""What the command does in a process of its own, which simulates one coordinator."""

import time
from contextlib import closing
from typing import NamedTuple

from rich.console import Console

from verification.simulator.mutants.all_mutants import all_mutants, hunt_in_parallel
from verification.simulator.mutants.guard_survey import GuardSurvey, survey_guards
from verification.simulator.mutants.hunt import Hunt
from verification.simulator.names.saga_table import HAS_QUEUES
from verification.simulator.report.exploration_report import print_violation


class Results(NamedTuple):
    """The names of the mutants that were found, and of those whose result is not as expected."""

    found: list[str]
    unexpected: list[str]


def hunt_and_report(seed: int, jobs: int, only: str) -> Results:
    """Hunt the mutants of one coordinator, and report."""
    console, started = Console(), time.monotonic()
    survey = survey_guards(seed, jobs) if not HAS_QUEUES else GuardSurvey({})
    mutants = [mutant for mutant in all_mutants(survey) if only in mutant.name]
    console.print(f"{len(mutants)} mutants, seed {seed}, {jobs} processes, survey {time.monotonic() - started:.0f} s")
    with closing(hunt_in_parallel(mutants, seed, jobs)) as hunts:
        results = [_report(console, each) for each in hunts]
    unexpected = [each.name for each in results if not each.as_expected]
    console.print(f"{len(results)} mutants, {time.monotonic() - started:.0f} s, not as expected: {len(unexpected)}")
    return Results([each.name for each in results if each.violation], unexpected)


def _report(console: Console, hunt: Hunt) -> Hunt:
    verdict = "found" if hunt.violation else f"masked: {hunt.masked_by}" if hunt.masked_by else "SURVIVED"
    title = f"\n● {hunt.name}: {verdict} ({hunt.schedules:,} schedules, {hunt.seconds:.0f} s)"
    console.print(title, style="bold" if hunt.as_expected else "bold red", markup=False, soft_wrap=True)
    if hunt.violation:
        print_violation(console, hunt.violation)
    return hunt
