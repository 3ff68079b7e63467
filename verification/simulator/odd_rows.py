"""Rows and records that no function of ours would write."""

from typing import Any

POISON, GHOST = "poison", "00000000-0000-4000-8000-00000000dead"
NONSENSE: dict[str, Any] = {"nonsense": {"S": "yes"}}


def poison(shard: str, attempts: int) -> dict[str, Any]:
    """Make a row of the outbox, first in line, that is not an event, and that the sweeper has tried so often."""
    return {"orderId": POISON, "eventType": shard, "undispatched": shard, "at": 1, "attempts": attempts}


def ghost(*, starts_saga: bool) -> dict[str, Any]:
    """Make the image of an event, as on the wire, whose row is not there any more."""
    return {
        "orderId": {"S": GHOST},
        "eventType": {"S": "OrderPlaced"},
        "eventId": {"S": f"{GHOST}-OrderPlaced"},
        "at": {"N": "1"},
        "detail": {"M": {}},
        "startsSaga": {"BOOL": starts_saga},
    }
