"""Explore schedules in search of a violation: `python -m verification.simulator --help`."""

import argparse
import sys
from collections.abc import Sequence

from rich.console import Console

from verification.simulator.names.saga_table import COORDINATED
from verification.simulator.one_coordinator import explore_and_report, replay_again
from verification.simulator.report.covered_lines import Line
from verification.simulator.report.required_coverage import ENOUGH, line_gaps
from verification.simulator.worker_pool import simulating


def main() -> int:
    """Run the command; return 0 if there is no violation and no gap in the coverage."""
    arguments = _arguments()
    if arguments.replay:
        return simulating(arguments.saga or COORDINATED[0], replay_again, arguments.replay)
    return run(arguments.n, arguments.seed, arguments.jobs, [arguments.saga] if arguments.saga else COORDINATED)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m verification.simulator", description="Explore schedules in search of a violation."
    )
    parser.add_argument("-n", type=int, default=10_000, help="number of schedules, of all sagas together")
    parser.add_argument("--saga", choices=COORDINATED, help="explore only this one, with its coordinator")
    parser.add_argument("--seed", type=int, default=1, help="another seed draws other schedules")
    parser.add_argument("--jobs", type=int, default=2, help="number of processes")
    parser.add_argument("--replay", metavar="NUMBERS", help="run one schedule again")
    return parser.parse_args()


def run(schedules: int, seed: int, jobs: int, sagas: Sequence[str], *, quiet: bool = False) -> int:
    """Explore the same number of schedules of each saga; return 0 if there is no violation and no gap."""
    console, share, lines, gaps_found = Console(quiet=quiet), schedules // len(sagas), set[Line](), list[str]()
    for saga in sagas:
        found = simulating(saga, explore_and_report, saga, share, seed, jobs, quiet)
        if found is None:
            return 1
        gaps_found += [f"{saga}: {gap}" for gap in found[0]]
        lines |= found[1]
    if len(sagas) == len(COORDINATED):
        gaps_found += line_gaps(lines)
    for gap in gaps_found:
        console.print(gap, style="red", markup=False, highlight=False)
    if gaps_found and share < ENOUGH:
        console.print(f"Gaps are normal in so few schedules; from {ENOUGH:,} of each saga on they are errors.")
    return 1 if gaps_found and share >= ENOUGH else 0


if __name__ == "__main__":
    sys.exit(main())
