"""One action on many things: listed first, confirmed once, rate-limited. A failure doesn't block the others.

If interrupted, rerun it: what is done isn't listed again.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Protocol

import typer
from botocore.exceptions import ClientError
from rich.console import RenderableType

from saga.cli.context import Context
from saga.cli.output import console
from saga.cli.progress import bars
from saga.cli.render.columns import facts
from saga.failures import Failure, Unreachable, UsageFailure
from saga.http import Json
from saga.operations.rate_limit import paced
from saga.text.safe import counted

Rate = Annotated[float, typer.Option(min=0.1, max=100, help="Maximum number per second.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask for confirmation.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what would be done.")]


class Subject(Protocol):
    """An order, an event or a message that the action is applied to."""

    @property
    def json(self) -> dict[str, Json]:
        """The subject for programs."""


@dataclass(frozen=True)
class Bulk[T: Subject]:
    """The action and its subjects. `act` returns the fields to add to a subject's result, and raises Failure."""

    verb: str
    noun: str
    subjects: Sequence[T]
    name: Callable[[T], str]
    listing: RenderableType
    act: Callable[[T], dict[str, Json]]
    rate: float

    @property
    def title(self) -> str:
        """The action in a few words."""
        return f"{self.verb} {counted(len(self.subjects), self.noun)}"


def carry_out[T: Subject](context: Context, bulk: Bulk[T], *, yes: bool, dry_run: bool) -> int:
    """Act on all subjects, print the results and return the exit code. With `dry_run`, only list the subjects."""
    if dry_run or not bulk.subjects:
        context.answer([subject.json for subject in bulk.subjects], bulk.listing)
        return 0
    if not yes:
        confirm(bulk.title, bulk.listing)
    results: list[tuple[T, dict[str, Json]]] = []
    try:
        with bars(bulk.title, **{bulk.verb: len(bulk.subjects)}) as advance:
            for subject in paced(bulk.subjects, bulk.rate):
                results.append((subject, _result(bulk, subject)))
                advance(bulk.verb)
    finally:  # an interrupted run reports what it has done
        rows = facts((bulk.name(subject), _summary(result)) for subject, result in results)
        context.answer([{**subject.json, **result} for subject, result in results], rows)
    failed = sum("error" in result for _, result in results)
    typer.echo(f"{bulk.verb}: {len(results) - failed} done, {failed} failed", err=True)
    return Failure.exit_code if failed else 0


def confirm(action: str, listing: RenderableType) -> None:
    """Show what the action is about, and fail unless the operator confirms it."""
    console(stderr=True).print(listing)
    if not is_interactive():
        raise UsageFailure(f"{action}? There is no terminal to ask on. Pass --yes")
    if not typer.confirm(f"{action}?", err=True):
        raise Failure("nothing was done")


def is_interactive() -> bool:
    """Return whether an operator can answer a question."""
    return sys.stdin.isatty()


def _result[T: Subject](bulk: Bulk[T], subject: T) -> dict[str, Json]:
    try:
        return bulk.act(subject)
    except Unreachable:  # the remaining subjects would fail in the same way
        raise
    except (Failure, ClientError) as error:
        return {"error": str(error)}


def _summary(result: dict[str, Json]) -> str:
    return ", ".join(str(value) for value in result.values() if not isinstance(value, bool)) or "done"
