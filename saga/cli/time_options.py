"""Times as options of a command."""

from typing import Annotated

import typer

from saga.text.times import moment, now

TIME = "90s, 15m, 2h or 7d ago, or a time such as 2026-01-31T12:00:00Z."

OlderThan = Annotated[str | None, typer.Option(help="Minimum age, such as 90s, 15m, 2h or 7d.")]
Time = Annotated[str | None, typer.Option(help=TIME)]


def time_of(text: str | None) -> int | None:
    """Return the value of a time option in ms since the epoch, or None if it isn't used."""
    return None if text is None else moment(text, now())
