"""The DynamoDB in memory gives the same responses as moto, call by call."""

import os
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from sagakit import dynamodb
from tests.support import world
from verification.simulator.dynamodb.in_memory_dynamodb import InMemoryDynamoDB, Refused
from verification.simulator.dynamodb.replica_lag import MAX_AGE

type Call = tuple[str, dict[str, Any]]

EVENTS, ORDERS, STOCK = TABLES = tuple(os.environ[f"{name}_TABLE"] for name in ("EVENTS", "SAGAS", "INVENTORY"))
RETURN_OLD = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
VALUES = {":one": {"N": "1"}, ":two": {"N": "2"}, ":five": {"N": "5"}, ":text": {"S": "x"}}
# As the functions use them; KEY is the table's partition key.
CONDITIONS = (
    "attribute_not_exists(#KEY)",
    "attribute_exists(#KEY)",
    "attribute_exists(#KEY) AND #n = :one",
    "#n >= :two",
    "#n IN (:one, :two)",
    "attribute_not_exists(#KEY) OR #n < :two OR (#n = :two AND attribute_exists(#m) AND #m < :two)",
)
UPDATES = (
    "SET #n = :five",
    "SET #n = #n + :five, #s = :text",
    "SET #s = :text REMOVE #n, #m",
    "ADD #m :five",
    "REMOVE #m",
)


@pytest.fixture(scope="module", autouse=True)
def tables() -> Iterator[None]:
    with mock_aws():
        world.create_tables()
        yield


def key(table: str, number: int) -> dict[str, Any]:
    if table == EVENTS:
        return dynamodb.to_wire({"orderId": "o", "eventType": f"e{number}"})
    return dynamodb.to_wire({"orderId" if table == ORDERS else "productId": f"k{number}"})


def placeholders(*expressions: str) -> dict[str, Any]:
    """Return the names and values that the expressions use."""
    text = " ".join(expressions)
    names = {f"#{name}": name for name in ("productId", "orderId", "n", "m", "s") if f"#{name}" in text}
    values = {name: value for name, value in VALUES.items() if name in text}
    return {"ExpressionAttributeNames": names, **({"ExpressionAttributeValues": values} if values else {})}


@st.composite
def actions(draw: st.DrawFn, kinds: tuple[str, ...] = ("Put", "Update", "ConditionCheck")) -> Call:
    kind, table = draw(st.sampled_from(kinds)), draw(st.sampled_from(TABLES))
    item = key(table, draw(st.integers(0, 2)))
    expressions, action = {}, {"TableName": table, "Key": item}
    if kind == "Put":
        numbers = {name: draw(st.integers(1, 3)) for name in draw(st.sets(st.sampled_from("nm")))}
        action = {"TableName": table, "Item": item | dynamodb.to_wire(numbers)}
    if kind == "Update":
        expressions["UpdateExpression"] = draw(st.sampled_from(UPDATES))
    if kind == "ConditionCheck" or draw(st.booleans()):
        partition_key = "productId" if table == STOCK else "orderId"
        expressions["ConditionExpression"] = draw(st.sampled_from(CONDITIONS)).replace("KEY", partition_key)
        action |= RETURN_OLD if draw(st.booleans()) else {}
    return kind, {**action, **expressions, **(placeholders(*expressions.values()) if expressions else {})}


@st.composite
def calls(draw: st.DrawFn) -> Call:
    match draw(st.sampled_from(("write", "transaction", "get", "get all", "query"))):
        case "write":
            kind, action = draw(actions(("Put", "Update", "Delete")))
            return f"{kind}Item", {**action, **({"ReturnValues": "ALL_NEW"} if kind == "Update" else {})}
        case "transaction":
            chosen = draw(st.lists(actions(), min_size=1, max_size=4, unique_by=item_key))
            return "TransactWriteItems", {"TransactItems": [{kind: action} for kind, action in chosen]}
        case "get":
            table, number = draw(st.sampled_from(TABLES)), draw(st.integers(0, 2))
            return "GetItem", {"TableName": table, "Key": key(table, number), "ConsistentRead": True}
        case "get all":
            table = draw(st.sampled_from(TABLES))
            gets = [{"Get": {"TableName": table, "Key": key(table, number)}} for number in range(3)]
            return "TransactGetItems", {"TransactItems": gets}
    limit = {"Limit": draw(st.integers(1, 3))} if draw(st.booleans()) else {}
    return "Query", {
        "TableName": EVENTS,
        "KeyConditionExpression": "#orderId = :o",
        "ExpressionAttributeNames": {"#orderId": "orderId"},
        "ExpressionAttributeValues": {":o": {"S": "o"}},
        "ConsistentRead": True,
        **limit,
    }


def item_key(action: Call) -> str:
    _, request = action
    item = request.get("Key") or {name: request["Item"][name] for name in key(request["TableName"], 0)}
    return f"{request['TableName']} {item}"


def moto(api: str, request: dict[str, Any]) -> Any:
    try:
        response: Any = dynamodb.client._make_api_call(api, request)  # type: ignore[attr-defined]  # noqa: SLF001
    except ClientError as error:
        reasons: Any = error.response.get("CancellationReasons")
        return error.response["Error"]["Code"], reasons and plain(reasons), error.response.get("Item")
    names = "Item", "Items", "Responses", "Attributes", "LastEvaluatedKey"
    return {name: response[name] for name in names if response.get(name)}


def in_memory(database: InMemoryDynamoDB, api: str, request: dict[str, Any]) -> Any:
    try:
        response = database.call(api, request)
    except Refused as refused:
        return refused.code, refused.reasons and plain(refused.reasons), refused.item and refused.item.wire
    return {name: value for name, value in response.items() if value}


def plain(reasons: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    return [(reason.get("Code", "None"), reason.get("Item")) for reason in reasons]


def clear_tables() -> None:
    for table in TABLES:
        for item in dynamodb.client.scan(TableName=table)["Items"]:
            dynamodb.client.delete_item(TableName=table, Key={name: item[name] for name in key(table, 0)})


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(st.lists(calls(), min_size=5, max_size=20))
def test_every_call_gets_the_same_response_as_from_moto(made: list[Call]) -> None:
    clear_tables()
    database = InMemoryDynamoDB(lambda: 0)
    for api, request in made:
        assert in_memory(database, api, request) == moto(api, request), (api, request)


def test_a_sparse_index_holds_rows_with_its_attribute_and_returns_pages_in_order() -> None:
    database = InMemoryDynamoDB(lambda: 0, page_size=1)
    for number, at in enumerate((30, 10, 20)):
        database.put(EVENTS, {"orderId": "o", "eventType": f"e{number}", "undispatched": "u#0", "at": at})
    database.put(EVENTS, {"orderId": "o", "eventType": "dispatched", "at": 5})
    assert [row["at"]["N"] for row in read(database)] == ["10", "20", "30"]


def read(database: InMemoryDynamoDB) -> Iterator[dict[str, Any]]:
    query: dict[str, Any] = {
        "TableName": EVENTS,
        "IndexName": "undispatched",
        "KeyConditionExpression": "#u = :u AND #at < :at",
        "ExpressionAttributeNames": {"#u": "undispatched", "#at": "at"},
        "ExpressionAttributeValues": {":u": {"S": "u#0"}, ":at": {"N": "40"}},
    }
    while query.get("ExclusiveStartKey", "first"):
        page = database.call("Query", query)
        yield from page["Items"]
        query["ExclusiveStartKey"] = page.get("LastEvaluatedKey")


def test_a_token_takes_effect_once_and_is_refused_for_another_request() -> None:
    database = InMemoryDynamoDB(lambda: 0)
    put = {"Put": {"TableName": EVENTS, "Item": key(EVENTS, 1)}}
    other = {"Put": {"TableName": EVENTS, "Item": key(EVENTS, 2)}}
    database.call("TransactWriteItems", {"TransactItems": [put], "ClientRequestToken": "t"})
    database.delete(EVENTS, ("o", "e1"))
    database.call("TransactWriteItems", {"TransactItems": [put], "ClientRequestToken": "t"})
    assert not database.rows(EVENTS)
    with pytest.raises(Refused, match="IdempotentParameterMismatchException"):
        database.call("TransactWriteItems", {"TransactItems": [other], "ClientRequestToken": "t"})


def test_readers_that_lag_miss_the_last_writes_for_a_second_and_consistent_reads_miss_none() -> None:
    clock = SimpleNamespace(now=0)
    database = InMemoryDynamoDB(lambda: clock.now, lag=2)
    for number in range(3):
        database.put(EVENTS, {"orderId": "o", "eventType": f"e{number}", "undispatched": "u#0", "at": number})
    assert [row["at"]["N"] for row in read(database)] == ["0"]
    assert found(database) == [True, False, False]
    assert found(database, ConsistentRead=True) == [True, True, True]
    clock.now = MAX_AGE
    assert [row["at"]["N"] for row in read(database)] == ["0", "1", "2"]
    assert found(database) == [True, True, True]


def found(database: InMemoryDynamoDB, **options: Any) -> list[bool]:
    requests = ({"TableName": EVENTS, "Key": key(EVENTS, number), **options} for number in range(3))
    return [bool(database.call("GetItem", request)) for request in requests]


def test_an_index_has_no_consistent_reads() -> None:
    query = {
        "TableName": EVENTS,
        "IndexName": "undispatched",
        "KeyConditionExpression": "#u = :u",
        "ExpressionAttributeNames": {"#u": "undispatched"},
        "ExpressionAttributeValues": {":u": {"S": "u#0"}},
        "ConsistentRead": True,
    }
    with pytest.raises(Refused, match="ValidationException"):
        InMemoryDynamoDB(lambda: 0).call("Query", query)
