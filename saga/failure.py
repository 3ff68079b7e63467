"""What can go wrong in an expected way: one line for the operator, and the exit code that says which kind it was."""


class Failure(Exception):
    """The work was tried and failed."""

    exit_code = 1


class UsageFailure(Failure):
    """Nothing was tried: the request cannot be carried out as it was made."""

    exit_code = 2


class Unreachable(Failure):
    """The embedded engine or AWS does not answer, or has no such stack of ours."""

    exit_code = 3


class NoSuchOrder(Failure):
    """There is no order with this id."""

    exit_code = 4


class TimedOut(Failure):
    """What was waited for did not happen in time."""

    exit_code = 6


CONFIRMED, FAILED, PARKED = 0, 1, 5  # what became of an order, as an exit code
