"""The DynamoDB in memory answers as moto does, call by call."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from sagakit import dynamodb
from tests.support import world
from verification.simulator.database import Database, Refused

type Request = tuple[str, dict[str, Any]]

EVENTS, ORDERS, STOCK = (os.environ[f"{name}_TABLE"] for name in ("EVENTS", "SAGAS", "INVENTORY"))
SHOWN = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}


@pytest.fixture(scope="module", autouse=True)
def tables() -> Iterator[None]:
    with mock_aws():
        world.create_tables()
        yield


def key(table: str, number: int) -> dict[str, Any]:
    if table == EVENTS:
        return dynamodb.to_wire({"orderId": "o", "eventType": f"e{number}"})
    return dynamodb.to_wire({"orderId" if table == ORDERS else "productId": f"k{number}"})


def condition(kind: int, table: str) -> dict[str, Any]:
    """Make one of the conditions that the functions use."""
    own = "#productId" if table == STOCK else "#orderId"
    wanted = {":one": {"N": "1"}, ":two": {"N": "2"}}
    text = [
        f"attribute_not_exists({own})",
        f"attribute_exists({own})",
        f"attribute_exists({own}) AND #n = :one",
        "#n >= :two",
        "#n IN (:one, :two)",
        f"attribute_not_exists({own}) OR #n < :two OR (#n = :two AND attribute_exists(#m) AND #m < :two)",
    ][kind]
    names = {name: name[1:] for name in (own, "#n", "#m") if name in text}
    values = {name: value for name, value in wanted.items() if name in text}
    return {
        "ConditionExpression": text,
        "ExpressionAttributeNames": names,
        **({"ExpressionAttributeValues": values} if values else {}),
    }


UPDATES: tuple[tuple[str, dict[str, str], dict[str, Any]], ...] = (
    ("SET #n = :five", {"#n": "n"}, {":five": {"N": "5"}}),
    ("SET #n = #n + :five, #s = :text", {"#n": "n", "#s": "s"}, {":five": {"N": "5"}, ":text": {"S": "x"}}),
    ("SET #s = :text REMOVE #n, #m", {"#s": "s", "#n": "n", "#m": "m"}, {":text": {"S": "x"}}),
    ("ADD #m :five", {"#m": "m"}, {":five": {"N": "5"}}),
    ("REMOVE #m", {"#m": "m"}, {}),
)


@st.composite
def actions(
    draw: st.DrawFn, kinds: tuple[str, ...] = ("Put", "Update", "ConditionCheck")
) -> tuple[str, dict[str, Any]]:
    kind, table, number = (
        draw(st.sampled_from(kinds)),
        draw(st.sampled_from((EVENTS, ORDERS, STOCK))),
        draw(st.integers(0, 2)),
    )
    chosen: bool = draw(st.booleans())
    guarded = kind == "ConditionCheck" or chosen
    guard = condition(draw(st.integers(0, 5)), table) if guarded else {}
    showing: bool = draw(st.booleans())
    shown = SHOWN if guard and showing else {}
    if kind == "Put":
        item = key(table, number) | dynamodb.to_wire(
            {name: draw(st.integers(1, 3)) for name in draw(st.sets(st.sampled_from("nm")))}
        )
        return kind, {"TableName": table, "Item": item, **guard, **shown}
    if kind != "Update":
        return kind, {"TableName": table, "Key": key(table, number), **guard, **shown}
    text, names, values = draw(st.sampled_from(UPDATES))
    values = {**values, **guard.get("ExpressionAttributeValues", {})}
    return kind, {
        **guard,
        **shown,
        "TableName": table,
        "Key": key(table, number),
        "UpdateExpression": text,
        "ExpressionAttributeNames": {**names, **guard.get("ExpressionAttributeNames", {})},
        **({"ExpressionAttributeValues": values} if values else {}),
    }


@st.composite
def requests(draw: st.DrawFn) -> Request:
    what = draw(st.sampled_from(("write", "transaction", "get", "query")))
    if what == "write":
        kind, action = draw(actions(("Put", "Update", "Delete")))
        returned = {"ReturnValues": "ALL_NEW"} if kind == "Update" else {}
        return f"{kind}Item", {**action, **returned}
    if what == "transaction":
        chosen = draw(st.lists(actions(), min_size=1, max_size=4, unique_by=where))
        return "TransactWriteItems", {"TransactItems": [{kind: action} for kind, action in chosen]}
    if what == "get":
        table = draw(st.sampled_from((EVENTS, ORDERS, STOCK)))
        return "GetItem", {"TableName": table, "Key": key(table, draw(st.integers(0, 2))), "ConsistentRead": True}
    limit = {"Limit": draw(st.integers(1, 3))} if draw(st.booleans()) else {}
    return "Query", {
        "TableName": EVENTS,
        "KeyConditionExpression": "#o = :o",
        "ExpressionAttributeNames": {"#o": "orderId"},
        "ExpressionAttributeValues": {":o": {"S": "o"}},
        "ConsistentRead": True,
        **limit,
    }


def where(action: tuple[str, dict[str, Any]]) -> str:
    _, request = action
    item = request.get("Key") or {name: request["Item"][name] for name in key(request["TableName"], 0)}
    return f"{request['TableName']} {item}"


def moto(operation: str, request: dict[str, Any]) -> Any:
    try:
        answer: Any = dynamodb.client._make_api_call(operation, request)  # type: ignore[attr-defined]  # noqa: SLF001
    except ClientError as error:
        reasons: Any = error.response.get("CancellationReasons")
        return error.response["Error"]["Code"], reasons and plain(reasons), error.response.get("Item")
    return {name: answer[name] for name in ("Item", "Items", "Attributes", "LastEvaluatedKey") if answer.get(name)}


def ours(database: Database, operation: str, request: dict[str, Any]) -> Any:
    try:
        answer = database.call(operation, request)
    except Refused as refused:
        return refused.code, refused.reasons and plain(refused.reasons), refused.item and refused.item.wire
    return {name: value for name, value in answer.items() if value}


def plain(reasons: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    return [(reason.get("Code", "None"), reason.get("Item")) for reason in reasons]


def emptied() -> None:
    for table in (EVENTS, ORDERS, STOCK):
        for item in dynamodb.client.scan(TableName=table)["Items"]:
            dynamodb.client.delete_item(TableName=table, Key={name: item[name] for name in key(table, 0)})


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(st.lists(requests(), min_size=5, max_size=20))
def test_every_call_has_the_answer_that_moto_gives(calls: list[Request]) -> None:
    emptied()
    database = Database(lambda: 0)
    for operation, request in calls:
        assert ours(database, operation, request) == moto(operation, request), (operation, request)


def test_a_sparse_index_has_who_has_the_attribute_and_gives_pages_in_order() -> None:
    database = Database(lambda: 0, page=1)
    for number, at in enumerate((30, 10, 20)):
        database.put(EVENTS, {"orderId": "o", "eventType": f"e{number}", "undispatched": "u#0", "at": at})
    database.put(EVENTS, {"orderId": "o", "eventType": "told", "at": 5})
    assert [row["at"]["N"] for row in read(database)] == ["10", "20", "30"]


def read(database: Database) -> Iterator[dict[str, Any]]:
    start: dict[str, Any] = {}
    while True:
        page = database.call(
            "Query",
            {
                "TableName": EVENTS,
                "IndexName": "undispatched",
                "KeyConditionExpression": "#u = :u AND #at < :at",
                "ExpressionAttributeNames": {"#u": "undispatched", "#at": "at"},
                "ExpressionAttributeValues": {":u": {"S": "u#0"}, ":at": {"N": "40"}},
                **start,
            },
        )
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def test_a_token_is_taken_once_and_not_for_something_else() -> None:
    database = Database(lambda: 0)
    put = {"Put": {"TableName": EVENTS, "Item": key(EVENTS, 1)}}
    other = {"Put": {"TableName": EVENTS, "Item": key(EVENTS, 2)}}
    database.call("TransactWriteItems", {"TransactItems": [put], "ClientRequestToken": "t"})
    database.delete(EVENTS, ("o", "e1"))
    database.call("TransactWriteItems", {"TransactItems": [put], "ClientRequestToken": "t"})
    assert not database.rows(EVENTS)
    with pytest.raises(Refused, match="IdempotentParameterMismatchException"):
        database.call("TransactWriteItems", {"TransactItems": [other], "ClientRequestToken": "t"})
