"""`saga order`."""

import typer

from saga.cli.commands.order import changes, reports, watch

app = typer.Typer(name="order", no_args_is_help=True, help="Place, watch, inspect, cancel and resume orders.")
for group in (changes, reports, watch):
    app.add_typer(group.app)
