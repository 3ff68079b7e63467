"""Check the saga protocol within bounds, with or without some of its rules: python -m verification.model --help."""

import argparse
import gc
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields

from rich.console import Console

from verification.model import model_coverage
from verification.model.counterexample import describe
from verification.model.rules import RULES, Bounds, without
from verification.model.verdict import Verdict, check


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Parse the bounds and the rules to leave out."""
    parser = argparse.ArgumentParser(prog="python -m verification.model", description="Explore the saga protocol.")
    for bound in fields(Bounds):
        parser.add_argument(f"--{bound.name}", type=int, default=bound.default, help=bound.metadata["help"])
    parser.add_argument("--without", nargs="+", default=[], choices=RULES, metavar="RULE", help="leave rules out")
    return parser.parse_args(argv)


@contextmanager
def progress() -> Iterator[Callable[[int, int], None]]:
    """Show a status line if standard error is a terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _done, _found: None
        return
    with console.status("exploring") as status:
        yield lambda done, found: status.update(f"explored {done:,} of {found:,} states found so far")


def size(verdict: Verdict, seconds: float) -> Iterator[str]:
    """Yield the size of the exploration."""
    explorer = verdict.explorer
    yield f"{len(explorer.states):>13,}  states"
    yield f"{explorer.triggers.total():>13,}  transitions"
    yield f"{explorer.depth():>13,}  steps to the farthest state"
    if verdict.longest:
        yield f"{verdict.longest:>13,}  steps to the end at most, once faults have stopped"
    yield f"{seconds:>13,.1f}  seconds"
    yield f"{int(verdict.violation is not None):>13}  violations"


def write(lines: Iterable[str]) -> None:
    """Write the results to standard output."""
    sys.stdout.writelines(f"{line}\n" for line in lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return 1 for a violation, or for a fault or rule that was never exercised."""
    options = vars(parse(argv))
    left_out, bounds = options.pop("without"), Bounds(**options)
    started = time.monotonic()
    with progress() as report:
        verdict = check(without(*left_out), bounds, report)
    explorer, violation, _ = verdict
    write(describe(explorer, violation) if violation else model_coverage.table(explorer, bounds))
    write(size(verdict, time.monotonic() - started))
    missing = [] if violation or left_out else model_coverage.missing(explorer, bounds)
    write(f"NEVER EXERCISED: {name}" for name in missing)
    return int(bool(violation or missing))


if __name__ == "__main__":
    gc.disable()  # nothing here is cyclic, and collections would walk millions of tuples
    sys.exit(main())
