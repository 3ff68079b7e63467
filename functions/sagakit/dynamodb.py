"""The one DynamoDB client of a function, the wire form of items, and requests as expressions."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

type Item = dict[str, Any]
type Wire = dict[str, AttributeValueTypeDef]

# Two attempts of a call give up after 3 s, inside the shortest function timeout.
CONFIG = Config(connect_timeout=0.5, read_timeout=1, retries={"mode": "standard", "total_max_attempts": 2})

client = boto3.client("dynamodb", config=CONFIG)

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


def to_wire(item: Mapping[str, Any]) -> Wire:
    """Turn a plain dict into DynamoDB's attribute values."""
    return {name: _serialize(value) for name, value in item.items()}


def from_wire(item: Mapping[str, Any]) -> Item:
    """Turn DynamoDB's attribute values into a plain dict; every number is an integer here."""
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

    In expressions every attribute is written `#name` and every value `:name`; `values` are the values by name. So no
    reserved word of DynamoDB's can get into one.
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
    """Read a row as it is now, if it is there: a decision just made must be seen."""
    answer = client.get_item(**request(table, key=key), ConsistentRead=True)
    return from_wire(answer["Item"]) if "Item" in answer else None


def change(table: str, key: Mapping[str, str], update: str, condition: str, **values: Any) -> Item:  # noqa: ANN401
    """Update one row by itself; give it as it is then.

    Raises:
        ConditionalCheckFailedException: the condition does not hold.
    """
    changed = request(table, key=key, update=update, condition=condition, **values)
    return from_wire(client.update_item(**changed, ReturnValues="ALL_NEW")["Attributes"])


def plain(value: Any) -> Any:  # noqa: ANN401  any JSON-like value
    """Replace Decimal, DynamoDB's only number, by int, all the way down."""
    match value:
        case Decimal():
            return int(value)
        case list():
            return [plain(element) for element in value]
        case dict():
            return {key: plain(element) for key, element in value.items()}
        case _:
            return value
