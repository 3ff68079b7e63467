"""The whole stack at a glance."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from saga.clock import local, now
from saga.command.asked import Asked
from saga.commands.breaker import words
from saga.commands.tables import facts
from saga.failure import Failure

if TYPE_CHECKING:
    from saga.operations.status import Status


def status(asked: Asked) -> int:
    """Show the stack: its URL, tables, queues, versions and health. Exit code 1 when something is not well."""
    from saga.operations import status as overview  # noqa: PLC0415 - boto3 costs half a second

    found = overview.status(asked.stack)
    asked.answer(found.json, facts(_told(found)))
    return 0 if found.well else Failure.exit_code


def _told(found: "Status") -> Iterator[tuple[str, object]]:
    yield "stack", f"{found.stack}, {found.workflow_type}"
    yield "place", found.place
    yield "API", found.api_url
    yield from ((name, version) for name, version in found.versions.items())
    yield from ((f"{'✓' if each.well else '✗'} {each.name}", each.words) for each in found.health)
    oldest = found.oldest_undispatched
    yield "oldest undispatched", "none" if oldest is None else local(oldest, now())
    yield "parked orders", found.parked
    yield "circuit breaker", words(found.breaker)
    yield from ((each.name, f"{each.depth} messages") for each in found.queues)
    yield from found.tables.items()
