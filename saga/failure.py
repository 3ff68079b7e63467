"""What can go wrong in an expected way: one line for the operator, and the exit code that says which kind it was."""


class Failure(Exception):
    """The work was tried and failed."""

    exit_code = 1


class UsageFailure(Failure):
    """Nothing was tried: the request cannot be carried out as it was made."""

    exit_code = 2


class Unreachable(Failure):
    """The embedded engine or AWS does not answer, or has no such stack."""

    exit_code = 3
