"""Orders that are due: nobody has started them, or they have waited. The sweeper starts or resumes them."""

from dataclasses import dataclass

from saga.stack import tables
from saga.stack.stack import Stack
from saga.text.durations import MINUTE, age
from saga.text.times import now

_LONGEST = 3 * MINUTE  # that an order may be due, since the sweeper comes once a minute


@dataclass(frozen=True)
class Overdue:
    """Since when the order that is due for the longest has been due, in ms since the epoch; None if none is due."""

    since: int | None

    @property
    def ok(self) -> bool:
        """Whether the sweeper is on time."""
        return self.since is None or now() - self.since < _LONGEST

    @property
    def text(self) -> str:
        """How late the sweeper is, in words."""
        if self.since is None:
            return "none"
        return f"the first has been due for {age(now() - self.since)}; the sweeper starts or resumes it"


def overdue(stack: Stack) -> Overdue:
    """Return how late the sweeper is with the orders, transactions and returns that are due."""
    due = tables.earliest(stack, tables.OPEN, tables.SHARDS)
    return Overdue(None if due is None or due > now() else due)
