"""The commands that run the application on a laptop: `up`, `down`, `url`, `logs`, `invoke` and `asl`."""

import json
import shlex
from contextlib import suppress
from dataclasses import replace
from typing import Annotated

import typer

from saga.cli.context import Context
from saga.cli.progress import step
from saga.cli.register import add
from saga.console.background import BackgroundConsole
from saga.engine.build import build
from saga.engine.process import DEFAULT_PORT, Engine
from saga.engine.project import ENGINE_HOME
from saga.failures import Failure, UsageFailure
from saga.local import catalogue, demo, functions
from saga.local.deploy import deploy
from saga.stack.stack import Stack
from saga.stack.target import DEFAULT_STACK, Target

app = typer.Typer()

PARAMETERS = {"Stage": "dev"}

Port = Annotated[
    int | None,
    typer.Option(envvar="ENGINE_PORT", min=1, max=65535, help="Port of the engine.", show_default=str(DEFAULT_PORT)),
]


Listen = Annotated[
    str | None,
    typer.Option(
        envvar="ENGINE_LISTEN",
        metavar="ADDRESS",
        help="Also listen on this address: the bridge through which containers reach this machine.",
    ),
]


@add(app, "up", "up --port 4567")
def up(context: Context, port: Port = None, listen: Listen = None) -> None:
    """Start the engine, deploy to it and place three orders. Run it again to deploy changes."""
    target = context.target
    if target.config_env or target.profile:
        raise UsageFailure("`up` deploys to the local engine. To deploy to AWS, run: make deploy")
    engine = _engine(port, listen)
    with step(f"engine on {engine.endpoint}"):
        engine.start()
    if engine.bridge:
        typer.echo(f"! The engine has no authentication. Whoever reaches {engine.bridge} can use it.", err=True)
    with step("sam build"):
        template = build()
    with step("sam deploy"):
        stack = deploy(engine, target.stack or DEFAULT_STACK, PARAMETERS, template, target.region)
    with step("catalogue"):
        catalogue.seed(stack)
    with step("three orders"):
        reports = demo.run(stack)
    with step("console"):
        console = _start_console(target)
    orders = [each.json for each in reports]
    data = {"apiUrl": stack.api_url, "consoleUrl": console, "stack": stack.name, "orders": orders}
    text = ["", *(each.text for each in reports), _next_steps(stack, console, reports)]
    context.answer(data, "\n\n".join(text))


@add(app, "down")
def down(context: Context) -> None:
    """Stop the console and the engine. Everything deployed to the engine is gone."""
    with step("console stopped"):
        for console in BackgroundConsole.started(ENGINE_HOME):
            console.stop()
    with step("engine stopped"):
        Engine(ENGINE_HOME).stop()
    context.answer({"running": False}, "")


@add(app, "url")
def url(context: Context) -> None:
    """Print the base URL of the API."""
    context.answer({"apiUrl": context.stack.api_url}, context.stack.api_url)


@add(app, "logs")
def logs(context: Context) -> None:
    """Follow the logs of all functions."""
    with suppress(KeyboardInterrupt):
        for line in functions.follow_logs(context.stack):
            context.answer_next({"line": line}, line)


@add(app, "invoke reserve_inventory")
def invoke(
    context: Context, name: Annotated[str, typer.Argument(help="Name of a sample event, such as reserve_inventory.")]
) -> None:
    """Invoke a function with its sample event and print the response. Exit code 1 if the function fails."""
    invocation = functions.invoke(context.stack, name)
    typer.echo(invocation.log, err=True)
    context.answer(invocation.response, json.dumps(invocation.response, indent=2, ensure_ascii=False))
    if invocation.error:
        raise Failure(f"{name} failed: {invocation.error}")


@add(app, "asl", "asl --config-env prod")
def asl(context: Context) -> None:
    """Print the deployed definition of the state machine, with its substitutions resolved."""
    definition = json.loads(context.stack.definition())
    context.answer(definition, json.dumps(definition, indent=2, ensure_ascii=False))


def _engine(port: int | None, bridge: str | None) -> Engine:
    """Return the engine on `port`; by default the running one, or one on the default port."""
    if port is None and Engine(ENGINE_HOME).is_running():
        running = Engine.running_at(ENGINE_HOME)
        return replace(running, bridge=bridge or running.bridge)
    return Engine(ENGINE_HOME, port or DEFAULT_PORT, bridge=bridge)


def _start_console(target: Target) -> str:
    """Start the console of the stack and return its URL. If the default port is taken, use a free one."""
    console = BackgroundConsole(ENGINE_HOME, target.flags)
    try:
        return console.start()
    except UsageFailure:
        return console.start(port=0)


def _next_steps(stack: Stack, console: str, reports: list[demo.Report]) -> str:
    failed = next(each for each in reports if each.status == "FAILED")
    headers = "-H 'content-type: application/json' -H 'x-idempotency-key: my-order'"
    return f"""\
API      {stack.api_url}
Console  {console}

Next:
  See how the declined order was undone   {console}/orders/{failed.order_id}
  Place an order that has to wait         .venv/bin/saga order place --item laptop:1 --token pm_refund_refused
  Cancel it, and see it parked            .venv/bin/saga order cancel ID --reason 'no longer wanted'
  List the orders                         .venv/bin/saga order list

Or call the API:
  curl -X POST {stack.api_url}/orders {headers} -d {shlex.quote(json.dumps(demo.request(stack, demo.SUCCEEDS)))}

To stop everything: make down"""
