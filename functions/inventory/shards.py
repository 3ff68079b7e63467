"""Choosing among the rows of a product's stock, so that orders for a hot product do not all write the same row.

The condition of the write decides. If it fails, another order was faster, and the step decides again by what the rows
have then. Stock is insufficient only if all rows together have too little at one moment.
"""

import os
import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from inventory.domain import InsufficientStock, Line
from product import stock_rows
from sagakit import dynamodb
from sagakit.dynamodb import Item
from sagakit.errors import Overtaken, TransientError

MOST_ROWS = 98  # rows of a reservation: a transaction has 100 actions, and two are for the event and the saga

_known: dict[str, int] = {}  # shards by product, learnt from rows: some orders were placed before there were so many


def parts(lines: Sequence[Line], shards: Mapping[str, int]) -> list[Line]:
    """Choose the rows to take the lines from; `shards` are those of the products when the order was placed.

    Raises:
        InsufficientStock: all rows of a product together have too little.
        Overtaken: other transactions were writing the rows, or there are more shards now.
        TransientError: there is so little in each row that one transaction cannot write them all.
    """
    chosen = [part for line in lines for part in _parts(line, shards.get(line.product_id, 0))]
    if len(chosen) > MOST_ROWS:
        raise TransientError(f"{len(chosen)} rows of stock: level the shards with saga product shard")
    return chosen


def learn(product: Item) -> None:
    """Remember how many shards the product of this row has."""
    _known[product["productId"]] = product["shards"]


def _parts(line: Line, placed_with: int) -> list[Line]:
    shards = max(placed_with, _known.get(line.product_id, 0))
    if not shards:
        return [line]
    rows = stock_rows(line.product_id, shards)
    stock = _each(rows)
    if sum(stock.values()) < line.quantity:
        stock = _snapshot(rows)
    if (left := sum(stock.values())) < line.quantity:
        raise InsufficientStock(f"{line.product_id}: {line.quantity} wanted, {left} available")
    return _chosen(line, stock)


def _chosen(line: Line, stock: Mapping[str, int]) -> list[Line]:
    """Choose any shard that has enough, else the product's own row, else as few rows as possible."""
    enough = [row for row, available in stock.items() if available >= line.quantity]
    if enough:
        shards = [row for row in enough if row != line.product_id]
        return [Line(random.choice(shards or enough), line.quantity)]
    chosen, left = list[Line](), line.quantity
    for row in sorted(stock, key=lambda row: -stock[row]):
        part = min(left, stock[row])
        chosen += [Line(row, part)] if part else []
        left -= part
    return chosen


def _each(rows: Sequence[str]) -> dict[str, int]:
    """Read what each row has, one at a time. What DynamoDB has no time to return counts as nothing."""
    table = os.environ["INVENTORY_TABLE"]
    keys = [dynamodb.to_wire({"productId": row}) for row in rows]
    response = dynamodb.client.batch_get_item(RequestItems={table: {"Keys": keys, "ConsistentRead": True}})
    return _available(map(dynamodb.from_wire, response["Responses"].get(table, [])))


def _snapshot(rows: Sequence[str]) -> dict[str, int]:
    """Read what the rows have, all of them at the same moment."""
    table = os.environ["INVENTORY_TABLE"]
    gets: Any = [{"Get": dynamodb.request(table, key={"productId": row})} for row in rows]
    try:
        responses = dynamodb.client.transact_get_items(TransactItems=gets)["Responses"]
    except dynamodb.client.exceptions.TransactionCanceledException:
        raise Overtaken("the stock is being written") from None
    found = [dynamodb.from_wire(each["Item"]) for each in responses if "Item" in each]
    for product in found:
        if product.get("shards", 0) >= len(rows):
            learn(product)
            raise Overtaken("the product has more shards by now")
    return _available(found)


def _available(rows: Iterable[Item]) -> dict[str, int]:
    return {row["productId"]: row.get("available", 0) for row in rows}
