"""The one DynamoDB client of a function, and the wire form of items."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.config import Config

if TYPE_CHECKING:
    from collections.abc import Mapping

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
