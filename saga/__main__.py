"""Runs the command as `python -m saga`."""

from saga.cli import app

app()
