"""Rows and records that the functions never write: not an event, or one that is not where it belongs."""

from typing import Any

from sagakit.saga import Saga
from verification.simulator.names.saga_table import SAGA

POISON, DELETED = "poison !", "00000000-0000-4000-8000-00000000dead"
NOT_AN_EVENT: dict[str, Any] = {"nonsense": {"S": "yes"}, "startsSaga": {"BOOL": True}}


def malformed_row(shard: str) -> dict[str, Any]:
    """Return a row that is first in the outbox but isn't an event."""
    return {"orderId": POISON, "eventType": shard, "undispatched": shard, "at": 1, "startsSaga": True}


def unstartable_row(shard: str, attempts: int) -> dict[str, Any]:
    """Return an event that is first in the outbox, after some failed attempts; its id can name no run."""
    counted = {"attempts": attempts} if attempts else {}
    return {**malformed_row(shard), "eventId": POISON, "detail": {}, "saga": SAGA.name, **counted}


def unpublishable_row(key: str) -> dict[str, Any]:
    """Return an event that is no JSON: PutEvents cannot take it."""
    event = {**unstartable_row(key, 0), "startsSaga": False, "detail": {"words": {"a", "set"}}}
    return {name: value for name, value in event.items() if name != "undispatched"}


def misplaced_row(key: str, where: str) -> dict[str, Any]:
    """Return an event that starts no saga, but is on the index of undispatched events."""
    return {**unpublishable_row(key), "detail": {}, "undispatched": where}


def deleted_event(*, starts_saga: bool, saga: Saga = SAGA) -> dict[str, Any]:
    """Return the image of an event, in wire format, whose row no longer exists."""
    return {
        "orderId": {"S": DELETED},
        "eventType": {"S": saga.started},
        "eventId": {"S": f"{DELETED}-{saga.started}"},
        "saga": {"S": saga.name},
        "at": {"N": "1"},
        "detail": {"M": {}},
        "startsSaga": {"BOOL": starts_saga},
    }
