"""Explore schedules in search of a violation: `python -m verification.simulator --help`."""

import argparse
import sys
import time
from contextlib import closing

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from verification.simulator.coverage_counts import Coverage
from verification.simulator.exploration import replay
from verification.simulator.profiles.all_profiles import PROFILES
from verification.simulator.report.exploration_report import print_coverage, print_violation
from verification.simulator.report.required_coverage import ENOUGH, gaps
from verification.simulator.worker_pool import explore_in_parallel

PROGRESS_INTERVAL = 10  # seconds between two lines of progress without a terminal


def main() -> int:
    """Run the command; return 0 if there is no violation and no gap in the coverage."""
    arguments = _arguments()
    console = Console()
    if arguments.replay:
        violation = replay([int(number) for number in arguments.replay.split(",")], [*PROFILES.values()])
        if violation:
            print_violation(console, violation)
        return 1 if violation else 0
    return run(console, arguments.n, arguments.seed, arguments.jobs)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m verification.simulator", description="Explore schedules in search of a violation."
    )
    parser.add_argument("-n", type=int, default=10_000, help="number of schedules")
    parser.add_argument("--seed", type=int, default=1, help="another seed draws other schedules")
    parser.add_argument("--jobs", type=int, default=2, help="number of processes")
    parser.add_argument("--replay", metavar="NUMBERS", help="run one schedule again")
    return parser.parse_args()


def run(console: Console, schedules: int, seed: int, jobs: int) -> int:
    """Explore and report; return 0 if there is no violation and no gap in the coverage."""
    coverage, started, last_progress = Coverage(), time.monotonic(), 0.0
    console.print(f"{schedules:,} schedules, seed {seed}, {jobs} processes")
    with closing(explore_in_parallel(seed * 1_000_000, schedules, jobs)) as chunks, _progress(console) as progress:
        task = progress.add_task("schedules", total=schedules)
        for covered, violation in chunks:
            coverage.merge(covered)
            progress.update(task, completed=coverage.schedules)
            if violation:
                print_violation(console, violation)
                console.print(f"Replay: --replay {','.join(map(str, violation.picks))}", soft_wrap=True)
                return 1
            if not console.is_terminal and time.monotonic() - last_progress > PROGRESS_INTERVAL:
                last_progress = time.monotonic()
                console.print(f"{coverage.schedules:,} of {schedules:,} schedules")
    print_coverage(console, coverage)
    console.print(f"{schedules:,} schedules in {time.monotonic() - started:.0f} s, no violation", style="bold green")
    return _report_gaps(console, schedules, coverage)


def _report_gaps(console: Console, schedules: int, coverage: Coverage) -> int:
    found = gaps(coverage)
    for gap in found:
        console.print(gap, style="red", markup=False, highlight=False)
    if found and schedules < ENOUGH:
        console.print(f"Gaps are normal in so few schedules; from {ENOUGH:,} on they are errors.")
    return 1 if found and schedules >= ENOUGH else 0


def _progress(console: Console) -> Progress:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    return Progress(*columns, console=console, disable=not console.is_terminal)


if __name__ == "__main__":
    sys.exit(main())
