"""Spreading a product's stock over shards, and levelling them, while orders are reserving it.

Pieces move from one row to another, each move a transaction that requires only that the giver still has them. So the
sum is right at every moment, whatever orders do meanwhile and wherever the command ends; it can always be repeated.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from product import SHARD_LIMITS, stock_rows
from saga.failures import Failure, UsageFailure
from saga.stack import tables
from saga.stack.products import TABLE, named
from saga.stack.stack import Stack
from saga.text.safe import clean

_ATTEMPTS, _PAUSE = 10, 0.05  # of a transaction that meets those of orders; seconds
_ROUNDS = 3  # orders take pieces meanwhile, so the rows may have to be levelled again
_EXISTS, _NEW = "attribute_exists(available)", "attribute_not_exists(productId)"
_TAKE = "SET available = available - :pieces", "available >= :pieces"
_ADD = "SET available = available + :pieces", _EXISTS


@dataclass(frozen=True)
class Move:
    """Pieces that move from one row to another."""

    giver: str
    taker: str
    pieces: int


def shard(stack: Stack, product_id: str, number: int) -> dict[str, int]:
    """Spread the product's stock evenly over so many shards, and return what each of its rows has, its own first.

    Raises:
        UsageFailure: it is not in the catalogue, its row is malformed, or it cannot have so many shards.
        Failure: its number of shards changed meanwhile, rows of that name exist, or orders kept writing the rows.
    """
    product = named(stack, [product_id])[product_id]
    if not SHARD_LIMITS[0] <= number <= SHARD_LIMITS[1]:
        raise UsageFailure(f"cannot have {number} shards: expected {SHARD_LIMITS[0]} to {SHARD_LIMITS[1]}")
    if number < product.shards:  # orders that were placed name them
        raise UsageFailure(f"{clean(product_id)} has {product.shards} shards: there can only be more")
    if number > product.shards:
        _add_shards(stack, product_id, product.shards, number)
    for _ in range(_ROUNDS):
        for move in moves(product_id, _levels(stack, product_id, number)):
            _perform(stack, move)
    return _levels(stack, product_id, number)


def moves(product_id: str, levels: Mapping[str, int]) -> Iterator[Move]:
    """Yield the moves that empty the product's own row and level its shards."""
    share, rest = divmod(sum(levels.values()), len(levels) - 1)
    shards = sorted((row for row in levels if row != product_id), key=lambda row: -levels[row])
    target = {product_id: 0, **{row: share + (place < rest) for place, row in enumerate(shards)}}
    surplus = {row: levels[row] - target[row] for row in levels}
    for taker in (row for row in levels if surplus[row] < 0):
        for giver in (row for row in levels if surplus[row] > 0):
            if pieces := min(surplus[giver], -surplus[taker]):
                yield Move(giver, taker, pieces)
                surplus[giver] -= pieces
                surplus[taker] += pieces


def _levels(stack: Stack, product_id: str, number: int) -> dict[str, int]:
    """Return what is available in each row, read one after the other."""
    names = stock_rows(product_id, number)
    found = {
        row["productId"]: row.get("available")
        for row in tables.rows(stack, TABLE, [{"productId": name} for name in names])
    }
    levels = {name: left for name in names if isinstance(left := found.get(name), int)}
    if missing := [name for name in names if name not in levels]:
        raise Failure(f"{clean(missing[0])} is missing or malformed: run saga check")
    return levels


def _add_shards(stack: Stack, product_id: str, before: int, number: int) -> None:
    """Add empty shards, and tell the product's row of them. Somebody who adds others would add the same row first."""
    rows = ({"productId": row, "shardOf": product_id, "available": 0} for row in stock_rows(product_id, number))
    new = [
        {"Put": {"TableName": stack.outputs[TABLE], "Item": tables.wire(row), "ConditionExpression": _NEW}}
        for row in [*rows][before + 1 :]
    ]
    told = _update(stack, product_id, "SET shards = :shards", _EXISTS, {":shards": number})
    if not _transact(stack, [told, *new]):
        first = clean(stock_rows(product_id, number)[before + 1])
        raise Failure(f"a row {first} exists: somebody else has just added shards, or it is another product's")


def _perform(stack: Stack, move: Move) -> bool:
    """Move the pieces, unless an order has taken them meanwhile."""
    values = {":pieces": move.pieces}
    return _transact(stack, [_update(stack, move.giver, *_TAKE, values), _update(stack, move.taker, *_ADD, values)])


def _update(stack: Stack, row: str, change: str, condition: str, values: Mapping[str, int]) -> dict[str, Any]:
    return {
        "Update": {
            "TableName": stack.outputs[TABLE],
            "Key": tables.wire({"productId": row}),
            "UpdateExpression": change,
            "ConditionExpression": condition,
            "ExpressionAttributeValues": tables.wire(values),
        }
    }


def _transact(stack: Stack, actions: list[Any]) -> bool:
    """Write all or nothing; return False if a condition failed."""
    client = tables.client(stack.session)
    for attempt in range(_ATTEMPTS):
        try:
            client.transact_write_items(TransactItems=actions)
        except client.exceptions.TransactionCanceledException as cancelled:
            codes = {reason["Code"] for reason in cancelled.response["CancellationReasons"]}
            if codes <= {"None", "ConditionalCheckFailed"}:
                return False
            time.sleep(_PAUSE * (attempt + 1))
        else:
            return True
    raise Failure("orders kept writing the rows of this product: run the command again, best when fewer are placed")
