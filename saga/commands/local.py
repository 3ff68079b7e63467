"""The commands that run the application on a laptop."""

import json
import shlex
from contextlib import suppress
from typing import Annotated

import typer

from saga import catalogue, demo
from saga.command.asked import Asked
from saga.engine.build import build
from saga.engine.invoke import invoke as invoke_function
from saga.engine.logs import follow
from saga.engine.process import DEFAULT_PORT, Engine
from saga.failure import Failure, UsageFailure
from saga.progress import step
from saga.project import ENGINE_HOME
from saga.stack import Stack
from saga.target import DEFAULT_STACK

PARAMETERS = {"Stage": "dev"}

Port = Annotated[
    int | None,
    typer.Option(envvar="ENGINE_PORT", min=1, max=65535, help="Port of the engine.", show_default=str(DEFAULT_PORT)),
]


def up(asked: Asked, port: Port = None) -> None:
    """Start the engine, deploy the application to it and place three orders. Again: deploy what changed."""
    if asked.target.config_env or asked.target.profile:
        raise UsageFailure("up deploys to the engine; to deploy to AWS: make deploy")
    from saga.engine.deploy import deploy  # noqa: PLC0415 - boto3 costs half a second

    engine = _engine(port)
    with step(f"engine on {engine.endpoint}"):
        engine.start()
    with step("sam build"):
        template = build()
    with step("sam deploy"):
        stack = deploy(engine, asked.target.stack or DEFAULT_STACK, PARAMETERS, template, asked.target.region)
    with step("catalogue"):
        catalogue.seed(stack)
    with step("three orders"):
        demonstrated = _demonstrate(stack)
    asked.answer(_data(stack, demonstrated), "\n\n".join(["", *(each.words for each in demonstrated), _goodbye(stack)]))


def down(asked: Asked) -> None:
    """Stop the engine, its functions and all that was deployed to it."""
    with step("engine stopped"):
        Engine(ENGINE_HOME).stop()
    asked.answer({"running": False}, "")


def url(asked: Asked) -> None:
    """Print the base URL of the API."""
    asked.answer({"apiUrl": asked.stack.api_url}, asked.stack.api_url)


def logs(asked: Asked) -> None:
    """Follow the logs of all functions."""
    with suppress(KeyboardInterrupt):
        for line in follow(asked.stack):
            asked.answer_next({"line": line}, line)


def invoke(
    asked: Asked, name: Annotated[str, typer.Argument(help="As its event is named, such as reserve_inventory.")]
) -> None:
    """Run a function with its sample event and print the answer. Exit code 1 when it ends with an error."""
    invocation = invoke_function(asked.stack, name)
    typer.echo(invocation.log, err=True)
    asked.answer(invocation.answer, json.dumps(invocation.answer, indent=2, ensure_ascii=False))
    if invocation.error:
        raise Failure(f"{name} ended with {invocation.error}")


def asl(asked: Asked) -> None:
    """Print the saga's definition as it is deployed, with its substitutions resolved."""
    definition = json.loads(asked.stack.definition())
    asked.answer(definition, json.dumps(definition, indent=2, ensure_ascii=False))


def _engine(port: int | None) -> Engine:
    """The engine on that port; without one, the engine that runs, or one on the usual port."""
    if port is None and Engine(ENGINE_HOME).is_running():
        return Engine.running_at(ENGINE_HOME)
    return Engine(ENGINE_HOME, port or DEFAULT_PORT)


def _demonstrate(stack: Stack) -> list[demo.Report]:
    """Has all the sagas run at the same time."""
    placed = [(demonstration, demo.place(stack, demonstration)) for demonstration in demo.DEMONSTRATIONS]
    return [demo.report(stack, demonstration, order_id) for demonstration, order_id in placed]


def _data(stack: Stack, reports: list[demo.Report]) -> dict[str, object]:
    orders = [{"orderId": each.order_id, "title": each.title, "status": each.status} for each in reports]
    return {"apiUrl": stack.api_url, "stack": stack.name, "orders": orders}


def _goodbye(stack: Stack) -> str:
    headers = "-H 'content-type: application/json' -H 'x-idempotency-key: my-order'"
    curl = f"curl -X POST {stack.api_url}/orders {headers} -d {shlex.quote(json.dumps(demo.SUCCEEDS))}"
    return f"API: {stack.api_url}\nPlace an order:\n  {curl}\nStop it all: make down"
