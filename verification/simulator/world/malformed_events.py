"""Rows and records that the functions never write: not an event, or one that is not where it belongs."""

from typing import Any

from sagakit.saga import Saga
from verification.simulator.names.saga_table import SAGA

POISON, DELETED = "poison !", "00000000-0000-4000-8000-00000000dead"
NOT_AN_EVENT: dict[str, Any] = {"nonsense": {"S": "yes"}, "startsSaga": {"BOOL": True}}


def malformed_row(key: str) -> dict[str, Any]:
    """Return a row that is the oldest in the outbox but isn't an event."""
    return {"orderId": POISON, "eventType": key, "at": 1, "startsSaga": True}


def unstartable_row(key: str) -> dict[str, Any]:
    """Return an event whose id can name no run."""
    return {**malformed_row(key), "eventId": POISON, "detail": {}, "saga": SAGA.name}


def unpublishable_row(key: str) -> dict[str, Any]:
    """Return an event that is no JSON: PutEvents cannot take it."""
    return {**unstartable_row(key), "startsSaga": False, "detail": {"words": {"a", "set"}}}


def misplaced_row(key: str, where: str) -> dict[str, Any]:
    """Return an event that starts no saga, but is set aside, or where older versions listed those to start."""
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
