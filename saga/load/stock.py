"""Products of the load's own, so that it sells out nothing that a shop has."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from saga.load.mix import OUT_OF_STOCK
from saga.money import major
from saga.products import ADD
from saga.stack import Stack

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

type Body = dict[str, Any]

_PRODUCTS = ("LOAD-1", "LOAD-2", "LOAD-3", "LOAD-4")  # several: orders of one product get into each other's way
_EMPTY = "LOAD-0"
_PRICE = 10_00  # minor units


def bodies(kinds: Sequence[str]) -> list[Body]:
    """The body of the request of each order: a piece of one product after the other, or of the empty one."""
    return [_body(kind, _EMPTY if kind == OUT_OF_STOCK else _product(number)) for number, kind in enumerate(kinds)]


def stock_up(stack: Stack, kinds: Sequence[str]) -> None:
    """Adds as many pieces as the orders can take, and the products themselves the first time."""
    table = stack.session.resource("dynamodb").Table(stack.outputs["InventoryTable"])
    wanted = Counter(_product(number) for number, kind in enumerate(kinds) if kind != OUT_OF_STOCK)
    for product in (*_PRODUCTS, _EMPTY):
        _add(table, product, wanted[product])


def _product(number: int) -> str:
    return _PRODUCTS[number % len(_PRODUCTS)]


def _body(kind: str, product: str) -> Body:
    token = {} if kind == OUT_OF_STOCK else {"paymentToken": kind}
    return {"customerId": "load", "items": [{"productId": product, "quantity": 1, "price": major(_PRICE)}], **token}


def _add(table: "Table", product: str, pieces: int) -> None:
    """Stock and shelf in one write, so that they always add up."""
    table.update_item(
        Key={"productId": product},
        **ADD,
        ExpressionAttributeValues={":name": f"Load test {product}", ":price": _PRICE, ":pieces": pieces},
    )
