"""`saga product`."""

import re
from typing import Annotated

import typer

from saga.cli.context import Context
from saga.cli.register import add
from saga.cli.render.columns import facts, table
from saga.failures import Failure, UsageFailure
from saga.http import Json
from saga.stack import products, sharding
from saga.stack.products import LARGEST, MalformedRow, Product
from saga.text.money import Minor, amount, major
from saga.text.safe import clean

app = typer.Typer(name="product", no_args_is_help=True, help="The products in the catalogue, and their stock.")

_PRICE = re.compile(r"(\d{1,10})(?:\.(\d{1,2}))?", re.ASCII)
_COLUMNS = ("product", "name", "price", "available", "held", "stocked")


@add(app, "product add camera tripod --price 349.99 --stock 20", name="add")
def add_(
    context: Context,
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="IDs of the new products, also their names.")],
    *,
    price: Annotated[str, typer.Option(help="Price of each, such as 349.99; 0 if it is free.")],
    stock: Annotated[str, typer.Option(help="Number of pieces of each.")],
) -> None:
    """Add products to the catalogue. Exit code 1 if one already exists; it stays as it is."""
    cost, pieces = _minor(price), _whole(stock, "stock")
    wanted = [Product(name, name, cost, pieces, pieces) for name in dict.fromkeys(names)]
    added = products.add(context.stack, wanted)
    context.answer([_json(each) for each in added], _table([(each.product_id, each) for each in added], "Added none."))
    if existing := [clean(each.product_id) for each in wanted if each not in added]:
        raise Failure(f"already in the catalogue, left unchanged: {', '.join(existing)}")


@add(app, "product list", "product list --json", name="list")
def list_(context: Context) -> None:
    """List the products with their prices and stock, and what is wrong with malformed rows."""
    found = products.catalogue(context.stack)
    data = [_json(each) if isinstance(each, Product) else _problem(name, each) for name, each in found]
    context.answer(data, _table(found, "No products."))


@add(app, "product restock laptop --by 10")
def restock(
    context: Context,
    product_id: Annotated[str, typer.Argument(metavar="ID", help="ID of the product.")],
    *,
    by: Annotated[str, typer.Option(help="Number of pieces to add.")],
) -> None:
    """Add pieces to the stock of a product. If it has shards, `saga product shard` spreads them."""
    product = products.restock(context.stack, product_id, _whole(by, "number of pieces", least=1))
    shards = [("shards", product.shards)] if product.shards else []
    context.answer(_json(product), facts([*zip(_COLUMNS, _cells(product), strict=True), *shards]))


@add(app, "product shard laptop 8")
def shard(
    context: Context,
    product_id: Annotated[str, typer.Argument(metavar="ID", help="ID of the product.")],
    number: Annotated[int, typer.Argument(metavar="N", help="Number of shards, 2 to 16. It can only grow.")],
) -> None:
    """Spread the stock of a product that sells fast over shards, so that its orders do not wait for each other.

    Repeat it with the same number to level the shards, such as after restocking.
    """
    levels = sharding.shard(context.stack, product_id, number)
    data = [{"row": row, "available": available} for row, available in levels.items()]
    context.answer(data, table(("row", "available"), levels.items(), ""))


def _minor(text: str) -> Minor:
    match = _PRICE.fullmatch(text)
    if match is None:
        raise UsageFailure(f"Invalid price {text!r}: expected an amount with at most two decimals, such as 349.99")
    return Minor(int(match[1]) * 100 + int((match[2] or "").ljust(2, "0")))


def _whole(text: str, what: str, least: int = 0) -> int:
    if not re.fullmatch(r"\d{1,12}", text, re.ASCII) or int(text) < least:
        raise UsageFailure(f"Invalid {what} {text!r}: expected a whole number from {least} to {LARGEST}")
    return int(text)


def _json(product: Product) -> dict[str, Json]:
    return {**product.row, "price": major(product.price), "held": product.held}


def _problem(product_id: str, malformed: MalformedRow) -> dict[str, Json]:
    return {"productId": product_id, "problem": str(malformed)}


def _cells(product: Product) -> tuple[object, ...]:
    stock = (product.available, product.held, product.stocked)
    return product.product_id, product.name, amount(Minor(product.price)), *stock


def _shards(product: Product) -> str:
    return f"in {product.shards} shards" if product.shards else ""


def _table(found: list[tuple[str, Product | MalformedRow]], empty: str) -> Json:
    rows = [
        (*_cells(each), _shards(each)) if isinstance(each, Product) else (name, "", "", "", "", "", each)
        for name, each in found
    ]
    return table((*_COLUMNS, ""), rows, empty)
