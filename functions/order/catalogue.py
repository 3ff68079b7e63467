"""The catalogue, as orders see it. Its price is the one that counts."""

import os
from typing import Any

from order.domain import Order
from order.money import to_number
from order.problems import Problem
from sagakit import dynamodb
from sagakit.errors import TransientError


def check(order: Order) -> None:
    """Check that each product exists and costs what the client expects.

    Raises:
        Problem: 422, with one error per line that does not match.
        TransientError: DynamoDB returned only part of the catalogue.
    """
    prices = _prices([line.product_id for line in order.lines])
    errors = [
        {"field": f"items.{line.position}", "message": message}
        for line in order.lines
        if (message := _difference(line.product_id, line.unit_price, prices))
    ]
    if errors:
        raise Problem(422, "The order does not match the catalogue", errors=errors)


def _difference(product_id: str, price: int, prices: dict[str, int]) -> str | None:
    if product_id not in prices:
        return f"there is no product {product_id}"
    if prices[product_id] != price:
        return f"{product_id} costs {to_number(prices[product_id])}, not {to_number(price)}"
    return None


def _prices(product_ids: list[str]) -> dict[str, int]:
    table = os.environ["INVENTORY_TABLE"]
    request: Any = {
        "Keys": [dynamodb.to_wire({"productId": product_id}) for product_id in product_ids],
        "ProjectionExpression": "#productId, #price",
        "ExpressionAttributeNames": {"#productId": "productId", "#price": "price"},
    }
    response = dynamodb.client.batch_get_item(RequestItems={table: request})
    if response["UnprocessedKeys"]:
        raise TransientError("the catalogue is busy")
    products = [dynamodb.from_wire(item) for item in response["Responses"][table]]
    return {product["productId"]: product["price"] for product in products}
