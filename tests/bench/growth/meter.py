"""Counts what calls take of DynamoDB, by AWS's rules: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html."""

import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.client import BaseClient

_READ_BYTES = 4096
_NUMBER_BYTES = 9  # of about 15 digits
_ELEMENT_BYTES = 1  # more, of a map or a list, which has 3 for itself

type Wire = Mapping[str, Any]


@dataclass
class Taken:
    """What something has taken: calls, items read, read and write units, and seconds on the engine."""

    calls: int = 0
    items: int = 0
    reads: float = 0
    writes: float = 0
    seconds: float = 0


@contextmanager
def metered() -> Iterator[Taken]:
    """Count all calls of DynamoDB. The engine says what a write takes, with its indexes; reads are counted here."""
    taken, make_call = Taken(), BaseClient._make_api_call  # type: ignore[attr-defined]  # noqa: SLF001

    def call(client: BaseClient, operation: str, request: dict[str, Any]) -> Any:
        if operation == "DescribeTimeToLive":
            return make_call(client, operation, request)
        answer = make_call(client, operation, {**request, "ReturnConsumedCapacity": "TOTAL"})
        _count(taken, operation, request, answer)
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", call)
        started = time.perf_counter()
        yield taken
        taken.seconds = time.perf_counter() - started


def _count(taken: Taken, operation: str, request: Wire, answer: Wire) -> None:
    taken.calls += 1
    match operation:
        case "Query" | "Scan":
            taken.items += len(answer["Items"])
            read = max(1, math.ceil(sum(map(_size, answer["Items"])) / _READ_BYTES))
            taken.reads += read if request.get("ConsistentRead") else read / 2
        case "GetItem" | "BatchGetItem":
            found, asked = _got(request, answer)
            taken.items += len(found)
            taken.reads += sum(math.ceil(_size(item) / _READ_BYTES) for item in found) + asked - len(found)
        case _:
            consumed = answer["ConsumedCapacity"]
            taken.writes += sum(
                each["CapacityUnits"] for each in (consumed if isinstance(consumed, list) else [consumed])
            )


def _got(request: Wire, answer: Wire) -> tuple[list[Wire], int]:
    """Return the items and how many were asked for. All are read consistently."""
    if "Key" in request:
        return [answer["Item"]] if "Item" in answer else [], 1
    found = [item for items in answer["Responses"].values() for item in items]
    return found, sum(len(each["Keys"]) for each in request["RequestItems"].values())


def _size(item: Wire) -> int:
    return sum(len(name.encode()) + _value(value) for name, value in item.items())


def _value(value: Wire) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return _NUMBER_BYTES
        case "M":
            return 3 + _size(content) + _ELEMENT_BYTES * len(content)
        case "L":
            return 3 + sum(_value(each) + _ELEMENT_BYTES for each in content)
        case _:
            return 1
