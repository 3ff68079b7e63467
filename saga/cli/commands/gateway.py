"""`saga breaker` and `saga gateway`."""

import typer

from saga.cli.commands.order.order_id import EXAMPLE, OrderId
from saga.cli.context import Context
from saga.cli.register import add
from saga.cli.render.columns import when
from saga.operations import circuit, gateway
from saga.operations.circuit import Breaker

app = typer.Typer()
breaker_app = typer.Typer(no_args_is_help=True, help="The circuit breaker in front of the payment gateway.")
gateway_app = typer.Typer(no_args_is_help=True, help="The simulated payment gateway.")
app.add_typer(breaker_app, name="breaker")
app.add_typer(gateway_app, name="gateway")


@add(breaker_app, "breaker show", "breaker show --json")
def show(context: Context) -> None:
    """Show whether the circuit is open, since when, and after how many failures."""
    found = circuit.breaker(context.stack)
    context.answer(found.json, circuit_text(found))


@add(breaker_app, "breaker reset")
def reset(context: Context) -> None:
    """Close the circuit. If calls to the gateway still fail, it opens again."""
    before = circuit.reset(context.stack)
    context.answer(circuit.breaker(context.stack).json, f"Closed. It was {circuit_text(before)}.")


@add(gateway_app, f"gateway restore {EXAMPLE}")
def restore(context: Context, order_id: OrderId) -> None:
    """Let the refund of one order succeed, whatever its token does to refunds."""
    intent = gateway.restore(context.stack, order_id)
    context.answer({"orderId": order_id, "intentId": intent}, f"The gateway can refund {intent} again.")


def circuit_text(breaker: Breaker) -> str:
    """Return the circuit's state, since when, and after how many failures."""
    if breaker.since is None:
        return breaker.state
    failures = f" after {breaker.failures} failures in a row" if breaker.failures else ""
    return f"{breaker.state} since {when(breaker.since)}{failures}"
