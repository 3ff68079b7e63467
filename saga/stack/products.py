"""The products in the inventory table. People write its rows, so some may be malformed: `product` reads them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from product import LARGEST, MalformedRow, Product
from saga.failures import Failure, UsageFailure
from saga.stack import tables
from saga.stack.stack import Stack
from saga.text.safe import clean

__all__ = ["ADD", "LARGEST", "MalformedRow", "Product", "add", "catalogue", "named", "products", "restock"]

_TABLE = "InventoryTable"

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
    """Return each row's ID with its product, or with what is wrong with it, sorted by ID."""
    return sorted(_read(tables.everything(stack, _TABLE)), key=lambda entry: entry[0])


def named(stack: Stack, product_ids: Iterable[str]) -> dict[str, Product]:
    """Return the products by ID.

    Raises:
        UsageFailure: some of them are not in the catalogue, or their rows are malformed.
    """
    wanted = list(product_ids)
    found = dict(_read(tables.rows(stack, _TABLE, [{"productId": each} for each in wanted])))
    if missing := sorted(set(wanted) - found.keys()):
        raise UsageFailure(f"not in the catalogue: {', '.join(map(clean, missing))}")
    for product_id, malformed in found.items():
        if isinstance(malformed, MalformedRow):
            raise UsageFailure(f"{clean(product_id)} is not for sale: {clean(malformed)}")
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
            TableName=stack.outputs[_TABLE],
            Key=tables.wire({"productId": product_id}),
            UpdateExpression=_RESTOCK,
            ConditionExpression=_RESTOCKABLE,
            ExpressionAttributeValues=tables.wire(values),
            ReturnValues="ALL_NEW",
        )
    except client.exceptions.ConditionalCheckFailedException as error:
        raise _changed(product, named(stack, [product_id])[product_id]) from error
    return Product.from_row(tables.plain(changed["Attributes"]))


def _changed(before: Product, now: Product) -> Failure:
    return Failure(
        f"{clean(now.product_id)}: {before.stocked} pieces were stocked, now {now.stocked}. Either somebody else "
        "changed that, or this command did and the answer was lost. Count the pieces before you try again"
    )


def _read(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Product | MalformedRow]]:
    for row in rows:
        try:
            yield row["productId"], Product.from_row(row)
        except MalformedRow as malformed:
            yield row["productId"], malformed


def _checked(product: Product) -> Product:
    try:
        return Product.from_row(product.row)
    except MalformedRow as malformed:
        raise UsageFailure(str(malformed)) from malformed


def _put(stack: Stack, product: Product) -> bool:
    client = tables.client(stack.session)
    row, absent = tables.wire(product.row), "attribute_not_exists(productId)"
    try:
        client.put_item(TableName=stack.outputs[_TABLE], Item=row, ConditionExpression=absent)
    except client.exceptions.ConditionalCheckFailedException:
        return False
    return True
