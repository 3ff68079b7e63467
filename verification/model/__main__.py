"""Explore the saga protocol within bounds, with all its rules or without some: python -m verification.model --help."""

import argparse
import gc
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields

from rich.console import Console

from verification.model import census
from verification.model.check import Verdict, check
from verification.model.rules import RULES, Bounds, without
from verification.model.story import tell


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    """The bounds, and the rules left out."""
    parser = argparse.ArgumentParser(prog="python -m verification.model", description="Explore the saga protocol.")
    for bound in fields(Bounds):
        parser.add_argument(f"--{bound.name}", type=int, default=bound.default, help=bound.metadata["help"])
    parser.add_argument("--without", nargs="+", default=[], choices=RULES, metavar="RULE", help="leave rules out")
    return parser.parse_args(given)


@contextmanager
def progress() -> Iterator[Callable[[int, int], None]]:
    """A status line on a terminal, nothing elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _done, _known: None
        return
    with console.status("exploring") as status:
        yield lambda done, known: status.update(f"explored {done:,} of {known:,} states known so far")


def size(verdict: Verdict, seconds: float) -> Iterator[str]:
    """How much was explored."""
    explorer = verdict.explorer
    yield f"{len(explorer.states):>13,}  states"
    yield f"{explorer.turns.total():>13,}  transitions"
    yield f"{explorer.depth():>13,}  steps to the farthest state"
    if verdict.longest:
        yield f"{verdict.longest:>13,}  steps to the end at most, once faults have stopped"
    yield f"{seconds:>13,.1f}  seconds"
    yield f"{int(verdict.violation is not None):>13}  violations"


def say(lines: Iterable[str]) -> None:
    """Results go to standard output."""
    sys.stdout.writelines(f"{line}\n" for line in lines)


def main(given: Sequence[str] | None = None) -> int:
    """1 for a violation, and for a fault or a rule that was never tried; else 0."""
    chosen = vars(arguments(given))
    left_out, bounds = chosen.pop("without"), Bounds(**chosen)
    started = time.monotonic()
    with progress() as hear:
        verdict = check(without(*left_out), bounds, hear)
    explorer, violation, _ = verdict
    say(tell(explorer, violation) if violation else census.table(explorer, bounds))
    say(size(verdict, time.monotonic() - started))
    untried = [] if violation or left_out else census.untried(explorer, bounds)
    say(f"NEVER TRIED: {name}" for name in untried)
    return int(bool(violation or untried))


if __name__ == "__main__":
    gc.disable()  # nothing here is cyclic, and the collector would walk millions of tuples again and again
    sys.exit(main())
