"""A world in memory: the template's own tables in moto, the catalogue, and a way to look at everything."""

import json
import os
from copy import deepcopy
from functools import cache
from typing import Any

from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.table import Table

from order.domain import Line, Order
from order.placing import place
from sagakit import dynamodb, eventlog, guard
from sagakit.dynamodb import Item
from tests.support.asl import Json
from tests.support.template import logical_ids, resources, tables, tables_of_record

ACCOUNT = "123456789012"  # the one that moto takes for ours
PRICES = {"laptop": 129999, "monitor": 34999, "PROD-003": 79999}
STOCK = 100
OK = "pm_ok"


def begin() -> None:
    """Begin with the tables of the template and the catalogue on the shelf: made once, copied for every test."""
    _backend().tables = deepcopy(_beginning())


@cache
def _beginning() -> dict[str, Table]:
    create_tables()
    stock_up()
    return deepcopy(_backend().tables)


def _backend() -> DynamoDBBackend:
    return dynamodb_backends[ACCOUNT][dynamodb.client.meta.region_name]


def create_tables() -> None:
    """Create the tables as the template describes them."""
    for logical_id, table in resources("AWS::DynamoDB::Table").items():
        wanted = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
        properties: Any = {name: table["Properties"][name] for name in wanted if name in table["Properties"]}
        dynamodb.client.create_table(TableName=os.environ[variable(logical_id)], **properties)


def variable(logical_id: str) -> str:
    """Name the environment variable that the template gives a table's name: SAGAS_TABLE for OrdersTable."""
    return next(f"{name}_TABLE" for name, its_id in logical_ids().items() if its_id == logical_id)


def stock_up(available: int = STOCK) -> None:
    """Put every product of the catalogue on the shelf."""
    for product_id, price in PRICES.items():
        put(
            "INVENTORY",
            {"productId": product_id, "name": product_id, "price": price, "available": available, "stocked": available},
        )


def order(token: str = OK, quantity: int = 2, product_id: str = "monitor", customer: str = "customer-1") -> Order:
    """Make an order of one line."""
    return Order(customer, (Line(product_id, quantity, PRICES[product_id]),), token)


def placed(token: str = OK, **line: Json) -> str:
    """Place an order and give its id."""
    return str(place(order(token, **line), None)["orderId"])


def put(table: str, item: Item) -> None:
    """Write a row, whatever the rules say."""
    dynamodb.client.put_item(TableName=os.environ[f"{table}_TABLE"], Item=dynamodb.to_wire(item))


def rows(table: str) -> list[Item]:
    """Read every row of a table. It looks behind the API, which takes long for something done after every call."""
    items = _backend().tables[os.environ[f"{table}_TABLE"]].all_items()
    return [dynamodb.from_wire({name: value.to_regular_json() for name, value in item.attrs.items()}) for item in items]


def everything() -> dict[str, list[Item]]:
    """Read every row of every table."""
    return {table: rows(table) for table in tables()}


def remove(table: str, **key: str) -> None:
    """Delete a row, whatever the rules say."""
    dynamodb.client.delete_item(TableName=os.environ[f"{table}_TABLE"], Key=dynamodb.to_wire(key))


def forget_requests() -> None:
    """Delete all idempotency records, as time does."""
    for row in rows("IDEMPOTENCY"):
        remove("IDEMPOTENCY", id=row["id"])


def available(product_id: str = "monitor") -> int:
    """Read how many pieces are on the shelf."""
    return int(next(row["available"] for row in rows("INVENTORY") if row["productId"] == product_id))


def status(order_id: str) -> str:
    """Read the order's status."""
    return str(guard.read(order_id)["status"])


def events(order_id: str) -> list[str]:
    """Read what happened to the order, in order."""
    return [event.type for event in eventlog.history(order_id)]


def detail(order_id: str, event_type: str) -> Item:
    """Read what an event tells."""
    found = eventlog.history(order_id).find(event_type)
    assert found, f"no {event_type} on record"
    return dict(found.detail)


def net_charge() -> int:
    """Add up what the gateway took and did not give back, in minor units, over all intents."""
    return sum(row["taken"] - row["refunded"] for row in rows("GATEWAY_LEDGER") if "taken" in row)


def snapshot() -> str:
    """Give all that is on record, but for the counters of calls at the gateway."""
    counted = ("confirms", "refunds")
    return json.dumps(
        {
            table: sorted(
                json.dumps({k: v for k, v in row.items() if k not in counted}, sort_keys=True) for row in rows(table)
            )
            for table in tables_of_record()
        }
    )
