"""`saga order`."""

import typer

from saga.cli.commands.order import changes, reports, watch

_HELP = "Place orders; watch, inspect, cancel and resume orders, transactions and returns."
app = typer.Typer(name="order", no_args_is_help=True, help=_HELP)
for group in (changes, reports, watch):
    app.add_typer(group.app)
