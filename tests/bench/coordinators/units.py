"""DynamoDB request units, counted call by call. Every item is small: at most 1 KB is written or 4 KB read."""

from collections import Counter
from typing import Any

import pytest
from botocore.client import BaseClient

from tests.bench.coordinators.prices import READS, WRITES

_ONE = {"PutItem": WRITES, "UpdateItem": WRITES, "DeleteItem": WRITES, "GetItem": READS, "Query": READS}


def counted(patch: pytest.MonkeyPatch, left_out: str) -> Counter[str]:
    """Return what all calls take from now on, but those on one table."""
    taken: Counter[str] = Counter()
    make_call = BaseClient._make_api_call  # type: ignore[attr-defined]  # noqa: SLF001

    def call(client: BaseClient, operation: str, request: dict[str, Any]) -> Any:
        if client.meta.service_model.service_name == "dynamodb":
            taken.update(_units(operation, request, left_out))
        return make_call(client, operation, request)

    patch.setattr(BaseClient, "_make_api_call", call)
    return taken


def _units(operation: str, request: dict[str, Any], left_out: str) -> Counter[str]:
    if operation == "TransactWriteItems":
        parts = [next(iter(each.values())) for each in request["TransactItems"]]
        return Counter({WRITES: 2 * sum(part["TableName"] != left_out for part in parts)})
    if operation == "BatchGetItem":
        return Counter({READS: sum(len(each["Keys"]) for each in request["RequestItems"].values())})
    return Counter({_ONE[operation]: int(request["TableName"] != left_out)})
