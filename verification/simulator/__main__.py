"""Search for a schedule that breaks the saga: `python -m verification.simulator --help`."""

import argparse
import sys
import time
from contextlib import closing

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from verification.simulator.expected import ENOUGH, missing
from verification.simulator.report import show, tell
from verification.simulator.search import replay
from verification.simulator.tally import Tally
from verification.simulator.themes import THEMES
from verification.simulator.workers import chunks

PATIENCE = 10  # seconds between two lines of progress where there is no terminal


def main() -> int:
    """Run the command; 0 if nothing broke and nothing was missed."""
    asked = arguments()
    console = Console()
    if asked.replay:
        violation = replay([int(number) for number in asked.replay.split(",")], THEMES, Tally())
        if violation:
            tell(console, violation)
        return 1 if violation else 0
    return run(console, asked.n, asked.seed, asked.jobs)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m verification.simulator", description="Search for a schedule that breaks it."
    )
    parser.add_argument("-n", type=int, default=10_000, help="how many schedules to play")
    parser.add_argument("--seed", type=int, default=1, help="another seed draws other schedules")
    parser.add_argument("--jobs", type=int, default=2, help="processes at work")
    parser.add_argument("--replay", metavar="NUMBERS", help="play one schedule again")
    return parser.parse_args()


def run(console: Console, examples: int, seed: int, jobs: int) -> int:
    """Search, and report; 0 if nothing broke and nothing was missed."""
    tally, started, spoken = Tally(), time.monotonic(), 0.0
    console.print(f"{examples:,} schedules, seed {seed}, {jobs} processes")
    with closing(chunks(seed * 1_000_000, examples, jobs)) as parts, _progress(console) as progress:
        task = progress.add_task("schedules", total=examples)
        for part in parts:
            tally.add(part.tally)
            progress.advance(task, part.examples)
            if part.violation:
                tell(console, part.violation)
                console.print(f"again: --replay {','.join(map(str, part.violation.picks))}", soft_wrap=True)
                return 1
            if not console.is_terminal and time.monotonic() - spoken > PATIENCE:
                spoken = time.monotonic()
                console.print(f"{int(progress.tasks[0].completed):,} of {examples:,} schedules")
    show(console, tally)
    console.print(f"{examples:,} schedules in {time.monotonic() - started:.0f} s, no violation", style="bold green")
    return _missed(console, examples, tally)


def _missed(console: Console, examples: int, tally: Tally) -> int:
    missed = missing(tally)
    for each in missed:
        console.print(each, style="red", markup=False, highlight=False)
    if missed and examples < ENOUGH:
        console.print(f"that much is missed by so few; from {ENOUGH:,} schedules on it is an error")
    return 1 if missed and examples >= ENOUGH else 0


def _progress(console: Console) -> Progress:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    return Progress(*columns, console=console, disable=not console.is_terminal)


if __name__ == "__main__":
    sys.exit(main())
