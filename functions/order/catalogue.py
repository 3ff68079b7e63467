"""The catalogue, as orders see it. Its price is the one that counts."""

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from order.domain import Line, Order
from order.money import to_number
from order.problems import Problem
from product import ATTRIBUTES, MalformedRow, Product
from sagakit import dynamodb
from sagakit.dynamodb import Item
from sagakit.errors import TransientError
from sagakit.observability import logger


def checked(order: Order) -> Order:
    """Check that each product exists, is for sale and costs what the client expects; return the order with its shards.

    Raises:
        Problem: 422, with one error per line that does not match.
        TransientError: DynamoDB returned only part of the catalogue.
    """
    rows = _rows([line.product_id for line in order.lines])
    errors = [
        {"field": line.field, "message": message}
        for line in order.lines
        if (message := _difference(line, rows.get(line.product_id)))
    ]
    if errors:
        raise Problem(422, "The order does not match the catalogue", errors=errors)
    shards = {product_id: int(row["shards"]) for product_id, row in rows.items() if "shards" in row}
    return replace(order, shards=shards)


def _difference(line: Line, row: Item | None) -> str | None:
    if row is None or "shardOf" in row:
        return "there is no such product"
    try:
        price = Product.from_row(row).price
    except MalformedRow as malformed:
        logger.error("product is malformed", extra={"productId": line.product_id, "cause": str(malformed)})
        return "this product is not for sale now"
    if price != line.unit_price:
        return f"{line.product_id} costs {to_number(price)}, not {to_number(line.unit_price)}"
    return None


def _rows(product_ids: list[str]) -> Mapping[str, Item]:
    table = os.environ["INVENTORY_TABLE"]
    request: Any = {
        "Keys": [dynamodb.to_wire({"productId": product_id}) for product_id in product_ids],
        "ProjectionExpression": ", ".join(f"#{name}" for name in ATTRIBUTES),
        "ExpressionAttributeNames": {f"#{name}": name for name in ATTRIBUTES},
    }
    response = dynamodb.client.batch_get_item(RequestItems={table: request})
    if response["UnprocessedKeys"]:
        raise TransientError("the catalogue is busy")
    return {row["productId"]: row for row in map(dynamodb.from_wire, response["Responses"][table])}
