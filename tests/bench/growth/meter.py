"""Counts what calls take of DynamoDB, by AWS's rules: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html."""

import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.client import BaseClient

from tests.bench.cost.item_size import item_size

_READ_BYTES = 4096

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
            read = max(1, math.ceil(sum(map(item_size, answer["Items"])) / _READ_BYTES))
            taken.reads += read if request.get("ConsistentRead") else read / 2
        case "GetItem" | "BatchGetItem":
            found, asked = _got(request, answer)
            taken.items += len(found)
            taken.reads += sum(math.ceil(item_size(item) / _READ_BYTES) for item in found) + asked - len(found)
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
