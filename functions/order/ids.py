"""Ids, derived from idempotency keys with a secret of the stack: nobody else can compute them.

The secret is a row of the orders' table, so it survives updates of the stack and moves with the table's data. It is in
none of the indexes.
"""

import hmac
import json
import secrets
from contextlib import suppress
from functools import cache
from uuid import UUID

from sagakit import dynamodb, tables
from sagakit.event import ID
from sagakit.eventlog import ABSENT
from sagakit.observability import logger

ROW = "order-id-secret"
BYTES = 32


def derived(owner: str, route: str, key: str) -> str:
    """Derive an id from the idempotency key, so a customer's key on a route stands for the same order for ever."""
    name = json.dumps([owner, route, key])
    return str(UUID(bytes=hmac.digest(secret(), name.encode(), "sha256")[:16], version=4))


@cache
def secret() -> bytes:
    """Return the stack's secret, as it is stored. The first call of all creates it.

    Raises:
        ValueError: somebody has replaced it with one that is too short or not hexadecimal.
    """
    stored = bytes.fromhex(_stored() or _create())
    if len(stored) < BYTES:
        raise ValueError(f"{ROW} has less than {BYTES} bytes")
    return stored


def _create() -> str:
    """Store a new secret, unless another instance is faster, and return the one that is stored.

    Raises:
        LookupError: it has been removed meanwhile.
    """
    row = {ID: ROW, "secret": secrets.token_hex(BYTES)}
    with suppress(dynamodb.client.exceptions.ConditionalCheckFailedException):
        dynamodb.client.put_item(**dynamodb.request(tables.sagas(), item=row, condition=ABSENT))
        logger.warning("order ids have a new secret", extra={"row": ROW})  # unless the stack is new, it was lost
    stored = _stored()
    if stored is None:
        raise LookupError(f"no {ROW} on record")
    return stored


def _stored() -> str | None:
    row = dynamodb.get(tables.sagas(), {ID: ROW})
    return str(row["secret"]) if row else None
