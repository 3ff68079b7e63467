"""`saga check`, `saga status` and `saga doctor`: is the data consistent, the stack healthy, the machine ready?"""

from collections.abc import Iterator

import typer

from saga.cli.commands.gateway import circuit_text
from saga.cli.context import Context
from saga.cli.progress import step
from saga.cli.register import add
from saga.cli.render.columns import facts, table, when
from saga.failures import Failure, Silent
from saga.operations.circuit import Breaker, breaker
from saga.operations.doctor import findings
from saga.operations.machine import Finding
from saga.operations.status import Status, read_status
from saga.orders.pause import waiting
from saga.reconcile import run
from saga.text.safe import counted
from saga.text.times import milliseconds

app = typer.Typer()


@add(app, "check", "check --json")
def check(context: Context) -> None:
    """Reconcile orders, events, stock, payments and the gateway's ledger. Exit code 1 if an invariant is violated."""
    stack = context.stack
    with step("reconciliation"):
        violations = run.check(stack)
    context.answer({"violations": violations}, "\n".join(violations) or "No violations.")
    if violations:
        raise Failure(counted(len(violations), "violation"))


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
    oldest = found["oldestUndispatchedAt"]
    yield "oldest undispatched", "none" if oldest is None else when(milliseconds(oldest))
    yield "paused orders", sum(each["orders"] for each in found["paused"])
    for each in found["paused"]:
        yield "", f"{each['orders']}: {waiting(each)} since {when(milliseconds(each['since']))}"
    yield "parked orders", found["parked"]
    yield "circuit breaker", circuit_text(gateway)
    yield from ((each["name"], counted(each["depth"], "message")) for each in found["queues"])
    yield from found["tables"].items()


def _mark(finding: Finding) -> str:
    return "✓" if finding.ok else "✗" if finding.needed else "·"
