"""What an execution has made of a state so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """The value is the word that is shown."""

    SUCCEEDED = "succeeded"
    CAUGHT = "caught error"
    FAILED = "failed"
    RUNNING = "running"
    NOT_REACHED = "not reached"

    @property
    def glyph(self) -> str:
        """Return the sign that tells the outcome without colour."""
        return _GLYPHS[self]

    @property
    def slug(self) -> str:
        """Return the name of its colours."""
        return self.name.lower()


_GLYPHS = {
    Outcome.SUCCEEDED: "✓",
    Outcome.CAUGHT: "!",
    Outcome.FAILED: "✗",
    Outcome.RUNNING: "▸",
    Outcome.NOT_REACHED: "·",
}

STYLES = {  # on a terminal
    Outcome.SUCCEEDED: "green",
    Outcome.CAUGHT: "yellow",
    Outcome.FAILED: "red",
    Outcome.RUNNING: "cyan",
    Outcome.NOT_REACHED: "dim",
}


@dataclass(frozen=True, slots=True)
class StateStatus:
    """The outcome of a state's latest attempt, and how many attempts were retries."""

    outcome: Outcome = Outcome.NOT_REACHED
    retries: int = 0

    @property
    def retry_words(self) -> str:
        """Return the number of retries as text, empty for none."""
        return f"{self.retries} {'retry' if self.retries == 1 else 'retries'}" if self.retries else ""

    @property
    def words(self) -> str:
        """Return outcome and retries as text, such as "succeeded · 2 retries"."""
        return " · ".join(filter(None, [self.outcome.value, self.retry_words]))


# By state; None draws the definition only.
type Statuses = Mapping[str, StateStatus] | None


def status_of(name: str, statuses: Statuses) -> StateStatus | None:
    """Return the status to show for a state; one that is not mentioned was not reached."""
    return None if statuses is None else statuses.get(name, StateStatus())
