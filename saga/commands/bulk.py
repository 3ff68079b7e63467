"""Doing the same to many things: shown and counted first, asked for once, no faster than wanted.

One that fails holds up no other. What is done is not found again, so a run that was broken off is just begun again.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

from saga.command.asked import Asked
from saga.commands.bars import bars
from saga.commands.tables import facts
from saga.failure import Failure, Unreachable, UsageFailure
from saga.operations.pace import paced

if TYPE_CHECKING:
    from rich.console import RenderableType

type Json = Any

_WIDEST = 10_000  # columns: a pipe does not cut lines off

Rate = Annotated[float, typer.Option(min=0.1, max=100, help="At most so many in a second.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what would be done.")]
OlderThan = Annotated[str | None, typer.Option(help="Only what is older, such as 90s, 15m, 2h or 7d.")]


class Subject(Protocol):
    """What something is done to."""

    @property
    def json(self) -> dict[str, Json]:
        """For programs."""


@dataclass(frozen=True)
class Bulk[T: Subject]:
    """What is to be done to which; `verb` and `noun` are for people, and so is what `name` gives.

    `act` gives what to add to the answer about a subject, and raises Failure.
    """

    verb: str
    noun: str
    subjects: Sequence[T]
    name: Callable[[T], str]
    shown: "RenderableType"
    act: Callable[[T], dict[str, Json]]
    rate: float


def carry_out[T: Subject](asked: Asked, bulk: Bulk[T], *, yes: bool, dry_run: bool) -> int:
    """Answers with what was done, or with `dry_run` what would be; gives the exit code.

    Raises UsageFailure when it may not go on.
    """
    if dry_run or not bulk.subjects:
        asked.answer([subject.json for subject in bulk.subjects], bulk.shown)
        return 0
    if not yes:
        ask(f"{bulk.verb} {len(bulk.subjects)} {bulk.noun}", bulk.shown)
    results: list[tuple[T, dict[str, Json]]] = []
    try:
        _do(bulk, results)
    finally:  # also what was done before it was broken off
        told = facts((bulk.name(subject), _words(result)) for subject, result in results)
        asked.answer([{**subject.json, **result} for subject, result in results], told)
    failed = sum("error" in result for _, result in results)
    typer.echo(f"{bulk.verb}: {len(results) - failed} done, {failed} failed", err=True)
    return Failure.exit_code if failed else 0


def ask(what: str, shown: "RenderableType") -> None:
    """Shows what it is about and asks. Raises UsageFailure where there is nobody to ask, Failure when they say no."""
    from rich.console import Console  # noqa: PLC0415 - keeps the command's help fast

    width = None if sys.stderr.isatty() else _WIDEST
    Console(stderr=True, highlight=False, markup=False, width=width).print(shown)
    if not at_a_terminal():
        raise UsageFailure(f"{what}? There is no terminal to ask on: add --yes")
    if not typer.confirm(f"{what}?", err=True):
        raise Failure("nothing was done")


def at_a_terminal() -> bool:
    """Whether somebody can answer a question."""
    return sys.stdin.isatty()


def _do[T: Subject](bulk: Bulk[T], results: list[tuple[T, dict[str, Json]]]) -> None:
    with bars(f"{bulk.verb} {len(bulk.subjects)} {bulk.noun}", **{bulk.verb: len(bulk.subjects)}) as advance:
        for subject in paced(bulk.subjects, bulk.rate):
            results.append((subject, _result(bulk, subject)))
            advance(bulk.verb)


def _result[T: Subject](bulk: Bulk[T], subject: T) -> dict[str, Json]:
    from botocore.exceptions import ClientError  # noqa: PLC0415 - boto3 costs half a second

    try:
        return bulk.act(subject)
    except Unreachable:  # so are all the others
        raise
    except (Failure, ClientError) as error:
        return {"error": str(error)}


def _words(result: dict[str, Json]) -> str:
    return ", ".join(str(value) for value in result.values() if not isinstance(value, bool)) or "done"
