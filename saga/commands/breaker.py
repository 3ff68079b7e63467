"""The circuit breaker around the payment gateway."""

from typing import TYPE_CHECKING

import typer

from saga.clock import local, now
from saga.command.adding import add
from saga.command.asked import Asked

if TYPE_CHECKING:
    from saga.operations.breaker import Breaker

app = typer.Typer(no_args_is_help=True, help="The circuit breaker around the payment gateway.")


@add(app, "breaker show", "breaker show --json")
def show(asked: Asked) -> None:
    """Show whether the circuit is open, since when, and after how many failures."""
    from saga.operations import breaker  # noqa: PLC0415 - boto3 costs half a second

    found = breaker.breaker(asked.stack)
    asked.answer(found.json, words(found))


@add(app, "breaker reset")
def reset(asked: Asked) -> None:
    """Close the circuit: calls go to the gateway again, and open it again if they fail."""
    from saga.operations import breaker  # noqa: PLC0415

    before = breaker.reset(asked.stack)
    asked.answer(breaker.breaker(asked.stack).json, f"closed; it was {words(before)}")


def words(found: "Breaker") -> str:
    """Its state, since when, and why."""
    if found.since is None:
        return found.state
    failures = f" after {found.failures} failures in a row" if found.failures else ""
    return f"{found.state} since {local(found.since, now())}{failures}"
