"""Expected failures: one line for the operator, and an exit code that says which kind it was."""

from typing import Self


class Failure(Exception):
    """The command tried and failed."""

    exit_code = 1


class UsageFailure(Failure):
    """The request is invalid. Nothing was done."""

    exit_code = 2


class Unreachable(Failure):
    """The embedded engine or AWS does not answer, or has no Order Saga stack of this name."""

    exit_code = 3


class Silent(Unreachable):
    """It accepts a request, but does not answer in time."""

    @classmethod
    def after(cls, what: str, seconds: float) -> Self:
        """Return the failure of something that was silent for so long."""
        return cls(f"{what} has not answered for {seconds:g} s. To wait longer: saga --timeout SECONDS …")


class NoSuchOrder(Failure):
    """No order has this ID."""

    exit_code = 4


class TimedOut(Failure):
    """The awaited condition did not come true in time."""

    exit_code = 6


class Unforeseen(Failure):
    """An error that nobody foresaw: a defect of the command. What it did until then is done."""

    exit_code = 7


EXIT_CONFIRMED, EXIT_FAILED, EXIT_PARKED = 0, 1, 5  # the outcome of an order
