"""The commands that run the application on a laptop."""

import json
import shlex
from contextlib import suppress
from typing import Annotated

import typer

from saga import catalogue, demo, parked
from saga.engine.build import build
from saga.engine.deploy import deploy
from saga.engine.invoke import invoke as invoke_function
from saga.engine.logs import follow
from saga.engine.process import DEFAULT_PORT, Engine
from saga.failure import Failure
from saga.progress import step
from saga.project import ENGINE_HOME
from saga.stack import Stack

STACK = "order-saga-dev"
PARAMETERS = {"Stage": "dev"}

Port = Annotated[
    int | None,
    typer.Option(envvar="ENGINE_PORT", min=1, max=65535, help="Port of the engine.", show_default=str(DEFAULT_PORT)),
]
Stage = Annotated[str | None, typer.Option(envvar="STAGE", help="Ask the stack of this stage on AWS, not the engine.")]


def up(port: Port = None) -> None:
    """Start the engine, deploy the application to it and place three orders. Again: deploy what changed."""
    engine = _engine(port)
    with step(f"engine on {engine.endpoint}"):
        engine.start()
    with step("sam build"):
        template = build()
    with step("sam deploy"):
        stack = deploy(engine, STACK, PARAMETERS, template)
    with step("catalogue"):
        catalogue.seed(stack)
    with step("three orders"):
        reports = _demonstrate(stack)
    typer.echo("\n\n".join(["", *reports, _goodbye(stack)]))


def down() -> None:
    """Stop the engine, its functions and all that was deployed to it."""
    with step("engine stopped"):
        Engine(ENGINE_HOME).stop()


def url() -> None:
    """Print the base URL of the API."""
    typer.echo(_stack().api_url)


def logs() -> None:
    """Follow the logs of all functions."""
    with suppress(KeyboardInterrupt):
        for line in follow(_stack()):
            typer.echo(line)


def invoke(name: Annotated[str, typer.Argument(help="As its event is named, such as reserve_inventory.")]) -> None:
    """Run a function with its sample event and print the answer. Exit code 1 when it ends with an error."""
    invocation = invoke_function(_stack(), name)
    typer.echo(invocation.log, err=True)
    typer.echo(json.dumps(invocation.answer, indent=2, ensure_ascii=False))
    if invocation.error:
        raise Failure(f"{name} ended with {invocation.error}")


def asl(stage: Stage = None) -> None:
    """Print the saga's definition as it is deployed, with its substitutions resolved."""
    stack = _of_stage(stage)
    typer.echo(json.dumps(json.loads(stack.definition()), indent=2, ensure_ascii=False))


def check(stage: Stage = None) -> None:
    """Reconcile orders, events, stock, payments and the gateway's ledger. Exit code 1 when something is wrong."""
    from saga import check as reconciliation  # noqa: PLC0415 - boto3 costs half a second

    stack = _of_stage(stage)
    with step("reconciliation"):
        wrong = reconciliation.check(stack)
    for violation in wrong:
        typer.echo(violation)
    if wrong:
        raise Failure(f"{len(wrong)} violations")


def resume(
    order_id: Annotated[str, typer.Argument(help="The parked order.")],
    reason: Annotated[str, typer.Option(help="Why; it becomes part of the order's history.")],
    stage: Stage = None,
) -> None:
    """Take a parked order up again: its compensations run once more, in a new execution."""
    typer.echo(parked.resume(_of_stage(stage), order_id, reason))


def make_well(order_id: Annotated[str, typer.Argument(help="The order that cannot be refunded.")]) -> None:
    """Let the simulated gateway on the engine refund an order that was paid by pm_refund_down."""
    typer.echo(parked.make_gateway_well(_stack(), order_id))


def _of_stage(stage: str | None) -> Stack:
    return _stack() if stage is None else Stack.on_aws(f"order-saga-{stage}")


def _engine(port: int | None) -> Engine:
    """The engine on that port; without one, the engine that runs, or one on the usual port."""
    if port is None and Engine(ENGINE_HOME).is_running():
        return Engine.running_at(ENGINE_HOME)
    return Engine(ENGINE_HOME, port or DEFAULT_PORT)


def _stack() -> Stack:
    engine = Engine.running_at(ENGINE_HOME)
    return Stack.load(engine.session(), STACK, engine.endpoint)


def _demonstrate(stack: Stack) -> list[str]:
    """Has all the sagas run at the same time."""
    placed = [(demonstration, demo.place(stack, demonstration)) for demonstration in demo.DEMONSTRATIONS]
    return [demo.report(stack, demonstration, order_id) for demonstration, order_id in placed]


def _goodbye(stack: Stack) -> str:
    headers = "-H 'content-type: application/json' -H 'x-idempotency-key: my-order'"
    curl = f"curl -X POST {stack.api_url}/orders {headers} -d {shlex.quote(json.dumps(demo.SUCCEEDS))}"
    return f"API: {stack.api_url}\nPlace an order:\n  {curl}\nStop it all: make down"
