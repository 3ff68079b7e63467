"""Runs the command as `python -m saga`."""

from saga.cli.app import app

app()
