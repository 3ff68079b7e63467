"""Placing an order, or a transaction, once per idempotency key."""

import uuid
from contextlib import suppress
from typing import Any

from aws_lambda_powertools.utilities.idempotency import idempotent_function
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyValidationError,
)

from order import catalogue, store
from order.domain import SAGA, Order
from order.ids import derived
from order.problems import busy, erased, key_reused
from order.store import AlreadyPlaced
from sagakit import guard
from sagakit.dynamodb import Item
from sagakit.errors import UnknownSaga
from sagakit.event import ID
from sagakit.eventlog import AlreadyRecorded
from sagakit.idempotency import api_config, api_persistence

ROUTE = "POST /{}s"


def place(order: Order, key: str | None, kind: str = SAGA) -> dict[str, Any]:
    """Place the order as a saga of this kind, unless its key was used before.

    Return its id, its total in minor units, and whether it was placed before (`replayed`).

    Raises:
        Problem: 409, a request with this key is running; 422, the key was used for another order, or the order does
            not match the catalogue; 410, the order of this key was erased.
    """
    if key is None:
        return _place(derived(order.customer_id, ROUTE.format(kind), str(uuid.uuid4())), order, kind)
    request = {"customerId": order.customer_id, "kind": kind, "key": key, "fingerprint": order.fingerprint}
    try:
        return dict(_place_once(request=request, order=order))
    except IdempotencyAlreadyInProgressError:
        raise busy() from None
    except IdempotencyValidationError:
        raise key_reused() from None


@idempotent_function(
    data_keyword_argument="request",
    persistence_store=api_persistence,
    config=api_config,
    key_prefix="PlaceOrder",
)
def _place_once(*, request: dict[str, str], order: Order) -> dict[str, Any]:
    new_id = derived(request["customerId"], ROUTE.format(request["kind"]), request["key"])
    return _place(new_id, order, request["kind"])


def _place(new_id: str, order: Order, kind: str) -> dict[str, Any]:
    try:
        checked = catalogue.checked(order)
    except Exception:
        with suppress(UnknownSaga):
            return _replay(guard.read(new_id), order)  # it was placed before, whatever the catalogue says now
        raise
    try:
        store.place(new_id, checked, kind)
    except AlreadyPlaced as earlier:
        return _replay(earlier.row, order)
    except AlreadyRecorded:
        raise erased() from None
    return _receipt(new_id, order.total, replayed=False)


def _replay(row: Item, order: Order) -> dict[str, Any]:
    if store.order_of(row).fingerprint != order.fingerprint:
        raise key_reused()
    return _receipt(row[ID], row["totalAmount"], replayed=True)


def _receipt(placed: str, total: int, *, replayed: bool) -> dict[str, Any]:
    return {ID: placed, "total": total, "replayed": replayed}
