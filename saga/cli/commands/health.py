"""`saga check`, `saga status` and `saga doctor`: is the data consistent, the stack healthy, the machine ready?"""

from collections.abc import Iterator
from typing import Annotated

import typer

from saga.cli.commands.gateway import circuit_text
from saga.cli.context import Context
from saga.cli.progress import tally
from saga.cli.register import add
from saga.cli.render.columns import facts, table, when
from saga.cli.time_options import TIME, time_of
from saga.failures import Failure, Silent, UsageFailure
from saga.operations.circuit import Breaker, breaker
from saga.operations.doctor import findings
from saga.operations.machine import Finding
from saga.operations.status import Status, read_status
from saga.orders.pause import waiting
from saga.reconcile import run
from saga.reconcile.part import Place
from saga.reconcile.walk import BEGINNING
from saga.text.safe import counted
from saga.text.times import milliseconds

app = typer.Typer()


@add(app, "check", "check --since 1h", "check --json")
def check(
    context: Context,
    since: Annotated[str | None, typer.Option(help=f"Only orders placed at or after: {TIME}")] = None,
    from_: Annotated[
        str | None, typer.Option("--from", help="Where an interrupted check has to go on, as it printed it.")
    ] = None,
) -> None:
    """Reconcile orders, events, stock, payments and the gateway's ledger. Exit code 1 if an invariant is violated.

    Rows are read and judged page by page. Only a check without options judges the stock.
    """
    if since and from_:
        raise UsageFailure("--from goes on with a check of everything, so it excludes --since")
    started = run.Check(context.stack, time_of(since), Place.of(from_) if from_ else BEGINNING)
    violations = _carry_out(started, "" if since else " ".join(("saga check", *context.target.flags, "--from")))
    context.answer({"violations": violations}, "\n".join(violations) or "No violations.")
    if started.not_judged:
        typer.echo(f"Note: {started.not_judged}", err=True)
    if violations:
        raise Failure(counted(len(violations), "violation"))


def _carry_out(started: run.Check, command: str) -> list[str]:
    """Return the violations. If that is interrupted, say what it has found and, unless it is empty, how to go on."""
    try:
        with tally("reconciliation") as advance:
            return started.violations(advance)
    except BaseException:
        typer.echo("\n".join(f"Found so far: {text}" for text in started.found) or "Found nothing so far.", err=True)
        if command:
            typer.echo(f"Go on with: {command} {started.place.text}", err=True)
        raise


@add(app, "status", "status --json")
def status(context: Context) -> int:
    """Show the stack's URL, tables, queues, versions and health. Exit code 1 if a health check fails."""
    gateway = breaker(context.stack)
    found = read_status(context.stack, gateway)
    context.answer(found, facts(_rows(found, gateway)))
    return 0 if found["well"] else Failure.exit_code


@add(app, "doctor", "doctor --json")
def doctor(context: Context) -> int:
    """List what is missing on this machine or in the stack, and how to fix it.

    Exit code 1 if any of it is required, or is switched off; 3 if the engine or AWS doesn't answer.
    """
    found = findings(context.target)
    rows = [(_mark(each), each.name, each.found, "" if each.ok else each.fix) for each in found]
    context.answer([each.json for each in found], table(("", "", "found", "fix"), rows, ""))
    for each in found:
        if each.needed and each.silent:
            raise Silent(each.found)
    return Failure.exit_code if any(each.needed and not each.ok for each in found) else 0


def _rows(found: Status, gateway: Breaker) -> Iterator[tuple[str, object]]:
    yield "stack", f"{found['stack']}, {found['workflowType']}"
    yield "place", found["place"]
    yield "API", found["apiUrl"]
    yield from found["versions"].items()
    yield from ((f"{'✓' if each['well'] else '✗'} {each['name']}", each["words"]) for each in found["health"])
    for name, at in (("oldest set aside", found["oldestSetAsideAt"]), ("oldest overdue", found["oldestOverdueAt"])):
        yield name, "none" if at is None else when(milliseconds(at))
    yield "paused orders", sum(each["orders"] for each in found["paused"])
    for each in found["paused"]:
        yield "", f"{each['orders']}: {waiting(each)} since {when(milliseconds(each['since']))}"
    yield "parked orders", found["parked"]
    yield "circuit breaker", circuit_text(gateway)
    yield from ((each["name"], counted(each["depth"], "message")) for each in found["queues"])
    yield from found["tables"].items()


def _mark(finding: Finding) -> str:
    return "✓" if finding.ok else "✗" if finding.needed else "·"
