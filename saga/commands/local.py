"""The commands that run the application on a laptop."""

import json
import shlex
from contextlib import suppress
from typing import Annotated

import typer

from saga import catalogue, demo
from saga.command.asked import Asked
from saga.console.process import BackgroundConsole
from saga.engine.build import build
from saga.engine.invoke import invoke as invoke_function
from saga.engine.logs import follow
from saga.engine.process import DEFAULT_PORT, Engine
from saga.failure import Failure, UsageFailure
from saga.progress import step
from saga.project import ENGINE_HOME
from saga.stack import Stack
from saga.target import DEFAULT_STACK, Target

PARAMETERS = {"Stage": "dev"}
_SAGA = ".venv/bin/saga"
_PARKS = "order place --item laptop:1 --token pm_refund_down --wait"

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
    with step("console"):
        console = _start_console(asked.target)
    words = ["", *(each.words for each in demonstrated), _goodbye(stack, console, demonstrated)]
    asked.answer(_data(stack, console, demonstrated), "\n\n".join(words))


def down(asked: Asked) -> None:
    """Stop the console and the engine, its functions and all that was deployed to it."""
    with step("console stopped"):
        BackgroundConsole(ENGINE_HOME).stop()
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


def _start_console(target: Target) -> str:
    """The console of the stack just deployed; on another port where the usual one is taken."""
    console = BackgroundConsole(ENGINE_HOME, target.flags)
    try:
        return console.start()
    except UsageFailure:
        return console.start(port=0)


def _data(stack: Stack, console: str, reports: list[demo.Report]) -> dict[str, object]:
    orders = [{"orderId": each.order_id, "title": each.title, "status": each.status} for each in reports]
    return {"apiUrl": stack.api_url, "consoleUrl": console, "stack": stack.name, "orders": orders}


def _goodbye(stack: Stack, console: str, reports: list[demo.Report]) -> str:
    failed = next(each for each in reports if each.status == "FAILED")
    headers = "-H 'content-type: application/json' -H 'x-idempotency-key: my-order'"
    curl = f"curl -X POST {stack.api_url}/orders {headers} -d {shlex.quote(json.dumps(demo.SUCCEEDS))}"
    return "\n".join(
        [
            f"API      {stack.api_url}",
            f"Console  {console}",
            "",
            "Next:",
            f"  See how the declined order was undone  {console}/orders/{failed.order_id}",
            f"  Place one that cannot be refunded      {_SAGA} {_PARKS}",
            f"  See what is on record                  {_SAGA} order list",
            "",
            "Or as any client does:",
            f"  {curl}",
            "",
            "Stop it all: make down",
        ]
    )
