"""What is missing, and the command that cures it."""

from typing import TYPE_CHECKING

from saga.command.asked import Asked
from saga.commands.tables import table
from saga.failure import Failure

if TYPE_CHECKING:
    from saga.operations.finding import Finding


def doctor(asked: Asked) -> int:
    """Say what is missing on this machine or in the stack, and the command that cures it. Exit code 1 for what is."""
    from saga.operations import doctor as surgery  # noqa: PLC0415 - boto3 costs half a second

    found = surgery.findings(asked.target)
    rows = [(_mark(each), each.name, each.found, "" if each.well else each.cure) for each in found]
    asked.answer([each.json for each in found], table(("", "", "found", "cure"), rows, ""))
    return Failure.exit_code if any(each.needed and not each.well for each in found) else 0


def _mark(finding: "Finding") -> str:
    """What is missing for some uses only is neither well nor wrong."""
    if finding.well:
        return "✓"
    return "✗" if finding.needed else "·"
