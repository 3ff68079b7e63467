"""`saga demo`."""

import typer

from saga.cli.bulk import Yes, confirm
from saga.cli.context import Context
from saga.cli.progress import step
from saga.cli.register import add
from saga.failures import Failure
from saga.local.demo import run

app = typer.Typer()


@add(app, "demo", "demo --json")
def demo(context: Context, *, yes: Yes = False) -> int:
    """Place three orders and show how each ends: confirmed, payment declined, out of stock.

    Adds the products that they need. In the stage `prod`, it asks for confirmation first. Run it again to see the same
    orders. Exit code 1 if an order ends differently.
    """
    stack = context.stack
    if stack.outputs.get("Stage") == "prod" and not yes:
        confirm(f"place three orders in stack {stack.name}", stack.place)
    with step("three orders"):
        reports = run(stack)
    context.answer([each.json for each in reports], "\n\n".join(each.text for each in reports))
    return 0 if all(each.as_expected for each in reports) else Failure.exit_code
