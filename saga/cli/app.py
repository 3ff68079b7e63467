"""The command `saga`. A command's module is imported when the command runs, so help and completion stay fast."""

from importlib import import_module
from typing import Annotated, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from saga.patience import DEFAULT, LONGEST, PATIENCE

EXIT_CODES = (
    "Exit codes: 0 success, or the order is CONFIRMED; 1 failure, the order is FAILED, or a check found something; "
    "2 invalid request; 3 the engine or AWS doesn't answer, or has no such stack; 4 no such order; "
    "5 the order is parked; 6 timed out; 7 an unforeseen error, whose traceback you see with SAGA_DEBUG=1."
)

# By module in `saga.cli.commands`: each command, with its line in the list of commands.
COMMANDS = {
    "local": {
        "up": "Start the engine, deploy to it and place three orders. Run it again to deploy changes.",
        "down": "Stop the console and the engine.",
        "url": "Print the base URL of the API.",
        "logs": "Follow the logs of all functions.",
        "invoke": "Invoke a function with its sample event and print the response.",
        "asl": "Print the deployed definition of the state machine, with its substitutions resolved.",
    },
    "env": {"env": "Write the variables and events that `sam local` needs to run functions in containers."},
    "health": {
        "check": "Reconcile orders, events, stock, payments and the gateway's ledger.",
        "status": "Show the stack's URL, tables, queues, versions and health.",
        "doctor": "List what is missing on this machine or in the stack, and how to fix it.",
    },
    "console": {"console": "Serve the web console on loopback until you interrupt it."},
    "demo": {"demo": "Place three orders and show how each ends: confirmed, payment declined, out of stock."},
    "product": {"product": "The products in the catalogue, and their stock."},
    "load": {"load": "Place orders at a steady rate and report outcomes and latencies."},
    "graph": {"graph": "Draw a deployed state machine, or one order's path through it."},
    "order": {"order": "Place orders; watch, inspect, cancel and resume orders, transactions and returns."},
    "parked": {
        "parked": "Orders and transactions whose compensation failed, and returns that failed. They need an operator."
    },
    "outbox": {"outbox": "Events that were set aside; and publishing events again."},
    "dlq": {"dlq": "The dead-letter queues of the relay and of the transactions."},
    "gateway": {
        "breaker": "The circuit breaker in front of the payment gateway.",
        "gateway": "The simulated payment gateway.",
    },
    "new": {"new": "Generate the code of a new step."},
}


class _LazyGroup(TyperGroup):
    """A group of placeholders. To resolve one is to load its command."""

    def invoke(self, ctx: object) -> object:
        """Run a command. Whatever it raises is reported in one line."""
        try:
            return super().invoke(cast("typer.Context", ctx))
        except (typer.Exit, typer.Abort, TyperException, BrokenPipeError):
            raise
        except Exception as error:
            report = import_module("saga.cli.errors").report
            raise typer.Exit(report(error)) from error

    def resolve_command(
        self, ctx: object, args: list[str]
    ) -> tuple[str | None, TyperCommand | TyperGroup | None, list[str]]:
        """Return a command's name, the command and its arguments."""
        name, _, rest = super().resolve_command(cast("typer.Context", ctx), args)
        return name, load(name) if name else None, rest


def load(name: str) -> TyperCommand | TyperGroup:
    """Import a module and return its group of commands, if that has this name, or else its command."""
    module = next(module for module, commands in COMMANDS.items() if name in commands)
    group = typer.main.get_group(import_module(f"saga.cli.commands.{module}").app)
    return group if group.name == name else cast("TyperCommand | TyperGroup", group.commands[name])


app = typer.Typer(
    cls=_LazyGroup,
    no_args_is_help=True,
    help="Order Saga: run it on a laptop, see what happens to its orders, and fix what went wrong.",
    epilog=EXIT_CODES,
    pretty_exceptions_enable=False,
)


@app.callback()
def _options(
    timeout: Annotated[
        float, typer.Option(min=0.1, max=LONGEST, help="Seconds to wait for the engine or for AWS.")
    ] = DEFAULT,
) -> None:
    PATIENCE.seconds = timeout


def _placeholder() -> None:
    """Stand in for a command in the list of commands."""


for _commands in COMMANDS.values():
    for _name, _line in _commands.items():
        app.command(_name, short_help=_line)(_placeholder)
