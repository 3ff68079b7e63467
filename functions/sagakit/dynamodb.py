"""The function's only DynamoDB client, conversion to and from its wire format, and request building."""

import re
import time
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

type Item = dict[str, Any]
type Wire = dict[str, AttributeValueTypeDef]

# Both attempts together take 3 s at most, which fits into the shortest function timeout.
CONFIG = Config(connect_timeout=0.5, read_timeout=1, retries={"mode": "standard", "total_max_attempts": 2})

CONFLICT_PAUSES = (0.05, 0.2)  # seconds before an update is tried again

client = boto3.client("dynamodb", config=CONFIG)

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


def to_wire(item: Mapping[str, Any]) -> Wire:
    """Convert a plain dict to DynamoDB attribute values."""
    return {name: _serialize(value) for name, value in item.items()}


def from_wire(item: Mapping[str, Any]) -> Item:
    """Convert DynamoDB attribute values to a plain dict. We store only integers; people may write a fraction."""
    return {name: plain(_deserialize(value)) for name, value in item.items()}


def request(
    table: str,
    *,
    key: Mapping[str, str] | None = None,
    item: Mapping[str, Any] | None = None,
    update: str = "",
    condition: str = "",
    query: str = "",
    **values: Any,  # noqa: ANN401  any value of an item
) -> Any:  # noqa: ANN401  boto3 has a type for each operation
    """Build the arguments of a call on one table.

    Expressions write every attribute as `#name` and every value as `:name`, so a reserved word of DynamoDB's cannot
    break them. `values` are the values by name.
    """
    expressions = {"UpdateExpression": update, "ConditionExpression": condition, "KeyConditionExpression": query}
    names = set(re.findall(r"#(\w+)", f"{update} {condition} {query}"))
    parts: dict[str, Any] = {
        "Key": key and to_wire(key),
        "Item": item and to_wire(item),
        **expressions,
        "ExpressionAttributeNames": {f"#{name}": name for name in sorted(names)},
        "ExpressionAttributeValues": to_wire({f":{name}": value for name, value in values.items()}),
    }
    return {"TableName": table, **{name: part for name, part in parts.items() if part}}


def get(table: str, key: Mapping[str, str]) -> Item | None:
    """Read a row, or None if there is none. The read is consistent: it must see a decision made just now."""
    answer = client.get_item(**request(table, key=key), ConsistentRead=True)
    return from_wire(answer["Item"]) if "Item" in answer else None


def change(table: str, key: Mapping[str, str], update: str, condition: str, **values: Any) -> Item:  # noqa: ANN401
    """Update one row outside a transaction and return the new row.

    A transaction that is writing the row refuses the update, which boto3 does not retry.

    Raises:
        ConditionalCheckFailedException: the condition is false.
        TransactionConflictException: transactions kept writing the row.
    """
    changed = request(table, key=key, update=update, condition=condition, **values)
    for pause in CONFLICT_PAUSES:
        with suppress(client.exceptions.TransactionConflictException):
            return from_wire(client.update_item(**changed, ReturnValues="ALL_NEW")["Attributes"])
        time.sleep(pause)
    return from_wire(client.update_item(**changed, ReturnValues="ALL_NEW")["Attributes"])


def plain(value: Any) -> Any:  # noqa: ANN401  any JSON-like value
    """Replace every Decimal, DynamoDB's only number type, with an int, at any depth, unless it has a fraction."""
    match value:
        case Decimal():
            return whole if (whole := int(value)) == value else value
        case list():
            return [plain(element) for element in value]
        case dict():
            return {key: plain(element) for key, element in value.items()}
        case _:
            return value
