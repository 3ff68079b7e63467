"""The outcome of each state so far."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple, Self


class Outcome(StrEnum):
    """The outcome of a state: its text, a glyph that identifies it without colour, and its style on a terminal."""

    SUCCEEDED = "succeeded", "✓", "green"
    CAUGHT = "caught error", "!", "yellow"
    FAILED = "failed", "✗", "red"
    RUNNING = "running", "▸", "cyan"
    NOT_REACHED = "not reached", "·", "dim"

    glyph: str
    style: str

    def __new__(cls, text: str, glyph: str, style: str) -> Self:
        """Make a member whose value is its text."""
        member = str.__new__(cls, text)
        member._value_, member.glyph, member.style = text, glyph, style
        return member

    @property
    def slug(self) -> str:
        """The name of its colours."""
        return self.name.lower()


class StateStatus(NamedTuple):
    """The outcome of a state's latest attempt, and the number of its retries."""

    outcome: Outcome = Outcome.NOT_REACHED
    retries: int = 0

    @property
    def retry_text(self) -> str:
        """The number of retries, empty for none."""
        return f"{self.retries} {'retry' if self.retries == 1 else 'retries'}" if self.retries else ""

    @property
    def text(self) -> str:
        """Outcome and retries, such as "succeeded · 2 retries"."""
        return " · ".join(filter(None, [self.outcome.value, self.retry_text]))


# By state; None draws the definition only.
type Statuses = Mapping[str, StateStatus] | None


def state_status(name: str, statuses: Statuses) -> StateStatus | None:
    """Return the status to show for a state. A state that isn't mentioned was not reached."""
    return None if statuses is None else statuses.get(name, StateStatus())
