"""The orders and transactions of a load: how many of each kind, in which sequence, and for which products."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from saga.failures import UsageFailure
from saga.stack.products import ADD
from saga.stack.stack import Stack
from saga.text.money import major

OUT_OF_STOCK = "out-of-stock"  # orders the empty product; every other kind is a payment token
DEFAULT = f"pm_ok=8,pm_declined=1,{OUT_OF_STOCK}=1"
# Products for load tests only, so that a load doesn't sell the shop's stock.
_PRODUCTS = ("LOAD-1", "LOAD-2", "LOAD-3", "LOAD-4")  # several, because orders of one product conflict
_EMPTY = "LOAD-0"
_PRICE = 10_00  # minor units
PIECES = 2  # of an order of which something is returned: a part first, then the rest

type Mix = dict[str, int]
type Body = dict[str, Any]


def of_text(text: str) -> Mix:
    """Read a mix, such as pm_ok=8,pm_declined=1."""
    mix: Mix = {}
    for part in text.split(","):
        match = re.fullmatch(rf"(pm_[a-z_]{{1,50}}|{OUT_OF_STOCK})=([1-9]\d{{0,3}})", part.strip())
        if match is None or match[1] in mix:
            raise UsageFailure(f"Invalid mix {text!r}: expected kinds with their weights, such as {DEFAULT}")
        mix[match[1]] = int(match[2])
    return mix


def spread(mix: Mix, orders: int) -> list[str]:
    """Return the kind of each order, with each kind spread as evenly as its weight allows."""
    owed = dict.fromkeys(mix, 0)
    total, kinds = sum(mix.values()), list[str]()
    for _ in range(orders):
        owed = {kind: owed[kind] + weight for kind, weight in mix.items()}
        kinds.append(max(owed, key=lambda kind: owed[kind]))
        owed[kinds[-1]] -= total
    return kinds


def bodies(kinds: Sequence[str], pieces: int = 1) -> list[Body]:
    """Return the body of each order: so many pieces of the products in turn, or of the empty one."""
    return [_order(kind, _of(kind, number), pieces) for number, kind in enumerate(kinds)]


def transactions(kinds: Sequence[str]) -> list[Body]:
    """Return the body of each transaction: one piece, as for orders."""
    return [_transaction(kind, _of(kind, number)) for number, kind in enumerate(kinds)]


def stock_up(stack: Stack, kinds: Sequence[str], pieces: int = 1) -> None:
    """Add as many pieces as the orders can take, and the products themselves the first time.

    One write changes `available` and `stocked`, so that they always add up.
    """
    table = stack.session.resource("dynamodb").Table(stack.outputs["InventoryTable"])
    wanted = Counter(_product(number) for number, kind in enumerate(kinds) if kind != OUT_OF_STOCK)
    for product in (*_PRODUCTS, _EMPTY):
        values: dict[str, Any] = {":name": f"Load test {product}", ":price": _PRICE}
        values[":pieces"] = wanted[product] * pieces
        table.update_item(Key={"productId": product}, **ADD, ExpressionAttributeValues=values)


def _product(number: int) -> str:
    return _PRODUCTS[number % len(_PRODUCTS)]


def _of(kind: str, number: int) -> str:
    return _EMPTY if kind == OUT_OF_STOCK else _product(number)


def _order(kind: str, product: str, pieces: int) -> Body:
    items = [{"productId": product, "quantity": pieces, "price": major(_PRICE)}]
    return {"customerId": "load", "items": items, **_token(kind)}


def _transaction(kind: str, product: str) -> Body:
    return {"customerId": "load", "productId": product, "quantity": 1, "amount": major(_PRICE), **_token(kind)}


def _token(kind: str) -> Body:
    return {} if kind == OUT_OF_STOCK else {"paymentToken": kind}
