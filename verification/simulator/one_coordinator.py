"""What the command does in a process of its own, which simulates one coordinator."""

import time
from contextlib import closing

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from verification.simulator.coverage_counts import Coverage
from verification.simulator.exploration import replay
from verification.simulator.profiles.all_profiles import PROFILES
from verification.simulator.report.covered_lines import Line
from verification.simulator.report.exploration_report import print_coverage, print_violation
from verification.simulator.report.required_coverage import gaps
from verification.simulator.worker_pool import explore_in_parallel

PROGRESS_INTERVAL = 10  # seconds between two lines of progress without a terminal


def replay_again(numbers: str) -> int:
    """Run one schedule again; return 1 if it still violates something."""
    violation = replay([int(number) for number in numbers.split(",")], [*PROFILES.values()])
    if violation:
        print_violation(Console(), violation)
    return 1 if violation else 0


def explore_and_report(
    saga: str,
    schedules: int,
    seed: int,
    jobs: int,
    quiet: bool,  # noqa: FBT001
) -> tuple[list[str], set[Line]] | None:
    """Explore schedules of one saga, and report; return the gaps and the lines that ran, or None for a violation."""
    console, coverage, started, last_progress = Console(quiet=quiet), Coverage(), time.monotonic(), 0.0
    console.print(f"{saga}: {schedules:,} schedules, seed {seed}, {jobs} processes")
    with closing(explore_in_parallel(seed * 1_000_000, schedules, jobs)) as chunks, _progress(console) as progress:
        task = progress.add_task("schedules", total=schedules)
        for covered, violation in chunks:
            coverage.merge(covered)
            progress.update(task, completed=coverage.schedules)
            if violation:
                print_violation(console, violation)
                picks = ",".join(map(str, violation.picks))
                console.print(f"Replay: --saga {saga} --replay {picks}", soft_wrap=True)
                return None
            if not console.is_terminal and time.monotonic() - last_progress > PROGRESS_INTERVAL:
                last_progress = time.monotonic()
                console.print(f"{coverage.schedules:,} of {schedules:,} schedules")
    print_coverage(console, coverage)
    seconds = time.monotonic() - started
    console.print(f"{saga}: {schedules:,} schedules in {seconds:.0f} s, no violation", style="bold green")
    return gaps(coverage), coverage.lines


def _progress(console: Console) -> Progress:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    return Progress(*columns, console=console, disable=not console.is_terminal)
