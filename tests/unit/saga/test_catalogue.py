"""Seeding the catalogue."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from saga.catalogue import CATALOGUE, seed
from saga.stack import Stack


@pytest.fixture
def stack() -> Iterator[Stack]:
    with mock_aws():
        session = boto3.Session(region_name="us-east-1")
        session.client("dynamodb").create_table(
            TableName="inventory",
            AttributeDefinitions=[{"AttributeName": "productId", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "productId", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield Stack("shop", session, {"InventoryTable": "inventory"}, "http://api")


def test_products_have_their_price_in_minor_units_and_all_that_was_stocked(stack: Stack) -> None:
    assert seed(stack) == len(CATALOGUE)
    table = stack.session.resource("dynamodb").Table("inventory")
    assert table.get_item(Key={"productId": "PROD-002"})["Item"] == {
        "productId": "PROD-002",
        "name": "Wireless Headphones",
        "price": 19999,
        "available": 100,
        "stocked": 100,
    }


def test_seeding_again_leaves_the_stock_as_it_is(stack: Stack) -> None:
    seed(stack)
    table = stack.session.resource("dynamodb").Table("inventory")
    sell = "SET available = available - :sold"
    table.update_item(Key={"productId": "laptop"}, UpdateExpression=sell, ExpressionAttributeValues={":sold": 93})
    assert seed(stack) == 0
    assert table.get_item(Key={"productId": "laptop"})["Item"]["available"] == 7
