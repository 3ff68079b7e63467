"""The command `saga`. Results go to stdout, progress and errors to stderr."""

import typer

from saga.engine import commands
from saga.reporting import reported

app = typer.Typer(
    no_args_is_help=True,
    help="Order Saga on a laptop: the embedded engine and what is deployed to it.",
    epilog="Exit codes: 0 done; 1 failed; 2 cannot be done as asked; 3 the engine or AWS does not answer.",
    pretty_exceptions_enable=False,
)

for command in (
    commands.up,
    commands.down,
    commands.url,
    commands.logs,
    commands.invoke,
    commands.asl,
    commands.check,
    commands.resume,
    commands.make_well,
):
    app.command()(reported(command))
