"""The products in the inventory table. People write its rows, so some may be malformed: `product` reads them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from product import LARGEST, MalformedRow, Product, Shard, stock_rows
from saga.failures import Failure, UsageFailure
from saga.stack import tables
from saga.stack.stack import Stack
from saga.text.safe import clean

__all__ = [
    "ADD",
    "LARGEST",
    "MalformedRow",
    "Product",
    "add",
    "catalogue",
    "named",
    "products",
    "read",
    "restock",
    "whole",
]

TABLE = "InventoryTable"

# Adds pieces to a product, or creates it.
ADD: Any = {
    "UpdateExpression": "SET #name = :name, price = :price ADD available :pieces, stocked :pieces",
    "ExpressionAttributeNames": {"#name": "name"},
}
_RESTOCK = "SET available = available + :pieces, stocked = stocked + :pieces"
# A request that is sent again, because its answer was lost, adds nothing more.
_RESTOCKABLE = "stocked = :seen AND attribute_type(available, :number)"


def products(stack: Stack) -> list[Product]:
    """Return all products that are for sale, sorted by ID: those whose rows are not malformed."""
    return [product for _, product in catalogue(stack) if isinstance(product, Product)]


def catalogue(stack: Stack) -> list[tuple[str, Product | MalformedRow]]:
    """Return each product by its ID, with the stock of all its rows, or what is wrong with a row; sorted by ID."""
    return sorted(whole(tables.everything(stack, TABLE)), key=lambda entry: entry[0])


def read(row: Mapping[str, Any]) -> Product | Shard | MalformedRow:
    """Read a row, or say what is wrong with it."""
    try:
        return Shard.from_row(row) if "shardOf" in row else Product.from_row(row)
    except MalformedRow as malformed:
        return malformed


def whole(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Product | MalformedRow]]:
    """Yield each product by its ID, with the stock of all its rows; by a row's ID, what is wrong with that row."""
    found = {row["productId"]: read(row) for row in rows}
    for name, each in found.items():
        if isinstance(each, Product):
            yield name, _sum(each, found)
        elif isinstance(each, MalformedRow):
            yield name, each
        elif not _belongs(each, found.get(each.product_id)):
            yield name, MalformedRow(f"it is not among the shards of {each.product_id}")


def named(stack: Stack, product_ids: Iterable[str]) -> dict[str, Product]:
    """Return the products by ID, with the stock of their own rows only.

    Raises:
        UsageFailure: some of them are not in the catalogue, or their rows are malformed.
    """
    wanted = list(product_ids)
    rows = tables.rows(stack, TABLE, [{"productId": each} for each in wanted])
    found = {row["productId"]: read(row) for row in rows}
    if missing := sorted(set(wanted) - found.keys()):
        raise UsageFailure(f"not in the catalogue: {', '.join(map(clean, missing))}")
    for product_id, each in found.items():
        if not isinstance(each, Product):
            why = clean(each) if isinstance(each, MalformedRow) else f"it is a shard of {clean(each.product_id)}"
            raise UsageFailure(f"{clean(product_id)} is not for sale: {why}")
    return {product_id: product for product_id, product in found.items() if isinstance(product, Product)}


def add(stack: Stack, products: Sequence[Product]) -> list[Product]:
    """Add the products that the catalogue does not have, and return them. The others do not change.

    Raises:
        UsageFailure: an attribute is not what it must be. Nothing was added.
    """
    checked = [_checked(product) for product in products]
    return [product for product in checked if _put(stack, product)]


def restock(stack: Stack, product_id: str, pieces: int) -> Product:
    """Add pieces to what is available and to what was stocked, in one write, and return the product.

    If it has shards, its own row gets the pieces.

    Raises:
        UsageFailure: it is not in the catalogue, its row is malformed, or so many pieces cannot be added.
        Failure: its stock would be too large, or changed at the same time.
    """
    client = tables.client(stack.session)
    if not 0 < pieces <= LARGEST:
        raise UsageFailure(f"cannot add {pieces} pieces: expected 1 to {LARGEST}")
    product = named(stack, [product_id])[product_id]
    if product.stocked + pieces > LARGEST:
        raise Failure(f"{clean(product_id)} has {product.stocked} pieces: {pieces} cannot be added")
    values = {":pieces": pieces, ":number": "N", ":seen": product.stocked}
    try:
        changed = client.update_item(
            TableName=stack.outputs[TABLE],
            Key=tables.wire({"productId": product_id}),
            UpdateExpression=_RESTOCK,
            ConditionExpression=_RESTOCKABLE,
            ExpressionAttributeValues=tables.wire(values),
            ReturnValues="ALL_NEW",
        )
    except client.exceptions.ConditionalCheckFailedException as error:
        raise _changed(product, named(stack, [product_id])[product_id]) from error
    row = tables.plain(changed["Attributes"])
    shards = tables.rows(stack, TABLE, [{"productId": each} for each in stock_rows(product_id, product.shards)[1:]])
    restocked = dict(whole([row, *shards]))[product_id]
    if isinstance(restocked, MalformedRow):
        raise Failure(f"{clean(product_id)} has {pieces} pieces more, but {clean(restocked)}")
    return restocked


def _changed(before: Product, now: Product) -> Failure:
    return Failure(
        f"{clean(now.product_id)}: {before.stocked} pieces were stocked, now {now.stocked}. Either somebody else "
        "changed that, or this command did and the answer was lost. Count the pieces before you try again"
    )


def _sum(product: Product, found: Mapping[str, Product | Shard | MalformedRow]) -> Product | MalformedRow:
    rows = stock_rows(product.product_id, product.shards)[1:]
    shards = [each for each in map(found.get, rows) if isinstance(each, Shard)]
    if len(shards) < len(rows):
        return MalformedRow(f"it has {product.shards} shards, but only {len(shards)} rows of shards")
    return replace(product, available=product.available + sum(shard.available for shard in shards))


def _belongs(shard: Shard, product: object) -> bool:
    return isinstance(product, Product) and shard.shard_id in stock_rows(product.product_id, product.shards)


def _checked(product: Product) -> Product:
    try:
        return Product.from_row(product.row)
    except MalformedRow as malformed:
        raise UsageFailure(str(malformed)) from malformed


def _put(stack: Stack, product: Product) -> bool:
    client = tables.client(stack.session)
    row, absent = tables.wire(product.row), "attribute_not_exists(productId)"
    try:
        client.put_item(TableName=stack.outputs[TABLE], Item=row, ConditionExpression=absent)
    except client.exceptions.ConditionalCheckFailedException:
        return False
    return True
