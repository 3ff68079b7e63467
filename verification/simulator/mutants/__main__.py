"""Hunt every mutant: python -m verification.simulator.mutants [--seed S] [--jobs J] [--only WORDS]."""

import argparse
import sys

from rich.console import Console

from verification.simulator.mutants.hazards import uncovered_hazards
from verification.simulator.mutants.one_coordinator import hunt_and_report
from verification.simulator.names.saga_table import COORDINATED
from verification.simulator.report.required_coverage import UNREACHABLE_GUARDS
from verification.simulator.worker_pool import simulating


def main() -> int:
    """Run the command; return 0 if every mutant was found that is not masked."""
    parser = argparse.ArgumentParser(prog="python -m verification.simulator.mutants", description="Hunt every mutant.")
    parser.add_argument("--seed", type=int, default=1, help="another seed draws other schedules")
    parser.add_argument("--jobs", type=int, default=2, help="number of processes")
    parser.add_argument("--only", default="", metavar="WORDS", help="only mutants whose names contain these words")
    arguments = parser.parse_args()
    options = arguments.seed, arguments.jobs, arguments.only
    results = [simulating(saga, hunt_and_report, *options) for saga in COORDINATED]
    found = [name for each in results for name in each.found]
    unexpected = [name for each in results for name in each.unexpected]
    console = Console()
    if not arguments.only:
        unexpected += uncovered_hazards(found)
        _report_unreachable(console)
    for name in unexpected:
        console.print(f"NOT AS EXPECTED: {name}", style="bold red", markup=False, soft_wrap=True)
    return 1 if unexpected else 0


def _report_unreachable(console: Console) -> None:
    console.print("\nGuards that never refuse, so their loss has no effect (make prove checks that):")
    for name, reason in UNREACHABLE_GUARDS.items():
        console.print(f"  {name}: {reason}", markup=False, highlight=False, soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
