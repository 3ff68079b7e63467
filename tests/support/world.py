"""An in-memory world: the template's tables in moto, a stocked catalogue, and access to every row."""

import json
import os
from copy import deepcopy
from functools import cache
from typing import Any

from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.table import Table

from order import ids, returns
from order.domain import TRANSACTION, Line, Order
from order.placing import place
from saga.stack.payments import payment_of
from sagakit import dynamodb, eventlog, guard
from sagakit.dynamodb import Item
from tests.support.asl import Json
from tests.support.template import logical_ids, resources, tables, tables_of_record

ACCOUNT = "123456789012"  # moto's default
PRICES = {"laptop": 129999, "monitor": 34999, "PROD-003": 79999}
STOCK = 100
OK = "pm_ok"
SECRET = {"orderId": ids.ROW, "secret": "5e" * ids.BYTES}


def begin() -> None:
    """Start with the template's tables and a stocked catalogue, created once and copied for every test."""
    _backend().tables = deepcopy(_beginning())
    ids.secret.cache_clear()


@cache
def _beginning() -> dict[str, Table]:
    create_tables()
    stock_up()
    put("SAGAS", SECRET)
    return deepcopy(_backend().tables)


def _backend() -> DynamoDBBackend:
    return dynamodb_backends[ACCOUNT][dynamodb.client.meta.region_name]


def create_tables() -> None:
    """Create the template's tables."""
    for logical_id, table in resources("AWS::DynamoDB::Table").items():
        wanted = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
        properties: Any = {name: table["Properties"][name] for name in wanted if name in table["Properties"]}
        dynamodb.client.create_table(TableName=os.environ[variable(logical_id)], **properties)


def variable(logical_id: str) -> str:
    """Return the environment variable with a table's name: SAGAS_TABLE for OrdersTable."""
    return next(f"{name}_TABLE" for name, its_id in logical_ids().items() if its_id == logical_id)


def stock_up(available: int = STOCK) -> None:
    """Stock every product of the catalogue."""
    for product_id, price in PRICES.items():
        put(
            "INVENTORY",
            {"productId": product_id, "name": product_id, "price": price, "available": available, "stocked": available},
        )


def order(token: str = OK, quantity: int = 2, product_id: str = "monitor", customer: str = "customer-1") -> Order:
    """Return an order with one line."""
    return Order(customer, (Line(product_id, quantity, PRICES[product_id]),), token)


def placed(token: str = OK, **line: Json) -> str:
    """Place an order and return its id."""
    return str(place(order(token, **line), None)["orderId"])


def transaction(token: str = OK, **line: Json) -> str:
    """Start a transaction and return its id."""
    return str(place(order(token, **line), None, TRANSACTION)["orderId"])


def returned(order_id: str, quantity: int = 1, product_id: str = "monitor", key: str | None = None) -> str:
    """Have the return of some of a confirmed order accepted, and return its id."""
    row, _ = returns.accept(order_id, {product_id: quantity}, "", key)
    return str(row["orderId"])


def put(table: str, item: Item) -> None:
    """Write a row, bypassing every guard."""
    dynamodb.client.put_item(TableName=os.environ[f"{table}_TABLE"], Item=dynamodb.to_wire(item))


def rows(table: str) -> list[Item]:
    """Return every row of a table but the secret of order ids.

    This bypasses moto's API, which is too slow to use after every call.
    """
    items = _backend().tables[os.environ[f"{table}_TABLE"]].all_items()
    wire = ({name: value.to_regular_json() for name, value in item.attrs.items()} for item in items)
    return [row for row in map(dynamodb.from_wire, wire) if row.get("orderId") != ids.ROW]


def everything() -> dict[str, list[Item]]:
    """Return every row of every table."""
    return {table: rows(table) for table in tables()}


def remove(table: str, **key: str) -> None:
    """Delete a row, bypassing every guard."""
    dynamodb.client.delete_item(TableName=os.environ[f"{table}_TABLE"], Key=dynamodb.to_wire(key))


def forget(order_id: str, event_type: str) -> None:
    """Delete an event, as if it had never been recorded: the next one names its predecessor."""
    gone = event_row(order_id, event_type)
    remove("EVENTS", orderId=order_id, eventType=event_type)
    for row in rows("EVENTS"):
        if row["orderId"] == order_id and row.get("after") == gone["at"]:
            put("EVENTS", {**row, "after": gone["after"]})


def forget_requests() -> None:
    """Delete all idempotency records, as if they had expired."""
    for row in rows("IDEMPOTENCY"):
        remove("IDEMPOTENCY", id=row["id"])


def product(product_id: str = "monitor") -> Item:
    """Return a product's row."""
    return next(row for row in rows("INVENTORY") if row["productId"] == product_id)


def available(product_id: str = "monitor") -> int:
    """Return the quantity in stock."""
    return int(product(product_id)["available"])


def status(order_id: str) -> str:
    """Return the order's status."""
    return str(guard.read(order_id)["status"])


def events(order_id: str) -> list[str]:
    """Return the types of the order's events, oldest first."""
    return [event.type for event in eventlog.history(order_id)]


def event_row(order_id: str, event_type: str = "OrderPlaced") -> Item:
    """Return an event's row."""
    found = [row for row in rows("EVENTS") if (row["orderId"], row["eventType"]) == (order_id, event_type)]
    assert found, f"no {event_type} on record"
    return found[0]


def detail(order_id: str, event_type: str) -> Item:
    """Return an event's detail."""
    return dict(event_row(order_id, event_type)["detail"])


def payment(order_id: str) -> str:
    """Return the status of the saga's payment, as its events tell it."""
    events = sorted((row for row in rows("EVENTS") if row["orderId"] == order_id), key=lambda row: row["at"])
    found = payment_of(events)
    assert found, f"no payment of {order_id} on record"
    return str(found["status"])


def intents() -> list[Item]:
    """Return the gateway's intents."""
    return [row for row in rows("GATEWAY_LEDGER") if "amount" in row]


def net_charge() -> int:
    """Return what the gateway has charged and not refunded over all intents, in minor units."""
    return sum(row["taken"] - row["refunded"] for row in rows("GATEWAY_LEDGER") if "taken" in row)


def snapshot() -> str:
    """Return everything on record, except the gateway's counters of calls."""
    counted = ("confirms", "refunds")
    return json.dumps(
        {
            table: sorted(
                json.dumps({k: v for k, v in row.items() if k not in counted}, sort_keys=True) for row in rows(table)
            )
            for table in tables_of_record()
        }
    )
