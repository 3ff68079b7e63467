"""What is stored in moto, table by table, with the keys and indexes that the template gives the tables."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType

from sagakit import dynamodb
from tests.bench.cost.item_size import Image, item_size
from tests.support.template import resources
from tests.support.world import ACCOUNT, variable

KB = 1024


@dataclass(frozen=True)
class Index:
    """A global index: its key, and the attributes that it repeats, or None if it repeats all."""

    name: str
    key: tuple[str, ...]
    projected: frozenset[str] | None

    def image(self, row: Image | None) -> Image | None:
        """Return a row as the index has it; None if the row lacks a part of the key."""
        if row is None or not row.keys() >= set(self.key):
            return None
        return {name: value for name, value in row.items() if self.projected is None or name in self.projected}

    def writes(self, before: Image | None, after: Image | None) -> int:
        """Return the write units of a change: one entry is deleted, another one put, or the same one updated."""
        old, new = self.image(before), self.image(after)
        if old and new and all(old[name] == new[name] for name in self.key):
            return 0 if old == new else max(write_units(old), write_units(new))
        return sum(write_units(image) for image in (old, new) if image)


@dataclass(frozen=True)
class StoredTable:
    """A table: its logical id without `Table`, its name in moto, its key and its indexes."""

    logical_id: str
    name: str
    key: tuple[str, ...]
    indexes: tuple[Index, ...]

    def row(self, wire: Mapping[str, Any]) -> Image | None:
        """Return the current row with the key that `wire` has, or None."""
        backend: Any = dynamodb_backends[ACCOUNT][dynamodb.client.meta.region_name]
        found = backend.tables[self.name].get_item(*(DynamoType(wire[name]) for name in self.key))
        return {name: value.to_regular_json() for name, value in found.attrs.items()} if found else None


@cache
def tables() -> dict[str, StoredTable]:
    """Return all tables by their names in moto."""
    found = {}
    for logical_id, resource in resources("AWS::DynamoDB::Table").items():
        properties, name = resource["Properties"], os.environ[variable(logical_id)]
        key = _key(properties)
        indexes = tuple(_index(each, key) for each in properties.get("GlobalSecondaryIndexes", []))
        found[name] = StoredTable(logical_id.removesuffix("Table"), name, key, indexes)
    return found


def write_units(image: Image | None) -> int:
    """Return the units to write an item once: one for each KB that it begins, and one if there is none."""
    return max(1, -(-item_size(image or {}) // KB))


def read_units(size: int, *, consistent: bool) -> float:
    """Return the units to read so many bytes: one for each 4 KB that they begin, half of that if not consistent."""
    return max(1, -(-size // (4 * KB))) / (1 if consistent else 2)


def _key(keyed: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(each["AttributeName"] for each in keyed["KeySchema"])


def _index(index: Mapping[str, Any], table_key: tuple[str, ...]) -> Index:
    projection, key = index["Projection"], _key(index)
    repeated = {*table_key, *key, *projection.get("NonKeyAttributes", [])}
    return Index(index["IndexName"], key, None if projection["ProjectionType"] == "ALL" else frozenset(repeated))
