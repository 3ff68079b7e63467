"""`saga env`."""

import shlex

import typer

from saga.cli.context import Context
from saga.cli.progress import step
from saga.cli.register import add
from saga.engine.process import Engine
from saga.engine.project import ENGINE_HOME
from saga.engine.session import CREDENTIALS
from saga.failures import UsageFailure
from saga.local import containers

app = typer.Typer()


@add(app, name="env")
def env(context: Context) -> None:
    """Write the variables and events that `sam local` needs to run functions in containers.

    Prints the shell command that sets the engine's credentials. Containers can reach the engine only if it listens on
    their bridge: saga up --listen ADDRESS
    """
    stack = context.stack
    if not stack.on_engine:
        raise UsageFailure("`saga env` is for the local engine only: on AWS, functions already have their variables")
    endpoint = Engine.running_at(ENGINE_HOME).endpoint_of_containers
    into = ENGINE_HOME / containers.FOLDER
    with step(str(into)):
        containers.write(stack, endpoint, into)
    variables = {**CREDENTIALS, "AWS_DEFAULT_REGION": stack.region}
    context.answer(variables, f"export {shlex.join(f'{name}={value}' for name, value in variables.items())}")
