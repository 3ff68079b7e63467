"""Rows of the catalogue that people wrote: what is malformed is not for sale, and harms nothing else."""

import io
import json
import os
from decimal import Decimal
from typing import Any

import pytest

from product import LARGEST, MalformedRow, Product
from sagakit import dynamodb
from tests.support import http, world

pytestmark = pytest.mark.usefixtures("world")

GOOD: dict[str, Any] = {"productId": "monitor", "name": "Monitor", "price": 34_999, "available": 9, "stocked": 9}
NOT_FOR_SALE = "this product is not for sale now"


def without(name: str) -> dict[str, Any]:
    return {each: value for each, value in GOOD.items() if each != name}


@pytest.mark.parametrize("name", ["price", "available", "stocked"])
@pytest.mark.parametrize(
    "value", [Decimal("349.99"), -1, LARGEST + 1, 2**70, "349.99", None, True, b"1", {Decimal(1)}, [1], {"a": 1}]
)
def test_a_number_that_is_not_whole_or_not_a_number_is_refused_and_never_rounded(name: str, value: Any) -> None:
    with pytest.raises(MalformedRow, match=f"^{name} is .*: expected a whole number from 0 to {LARGEST}$"):
        Product.from_row({**GOOD, name: value})


@pytest.mark.parametrize("name", ["productId", "price", "available", "stocked"])
def test_a_missing_attribute_is_told(name: str) -> None:
    with pytest.raises(MalformedRow, match=f"^{name} is missing"):
        Product.from_row(without(name))


@pytest.mark.parametrize(
    ("name", "value"), [("productId", ""), ("productId", "x" * 256), ("productId", 7), ("name", 7)]
)
def test_a_text_that_is_empty_too_long_or_no_text_is_refused(name: str, value: Any) -> None:
    with pytest.raises(MalformedRow, match=f"^{name} is "):
        Product.from_row({**GOOD, name: value})


@pytest.mark.parametrize("price", [0, Decimal(0), Decimal("34999.00"), LARGEST])
def test_whole_numbers_are_read_and_a_price_may_be_0(price: Any) -> None:
    assert Product.from_row({**GOOD, "price": price}).price == price


def test_a_name_is_not_needed_and_a_row_is_written_as_it_is_read() -> None:
    assert Product.from_row(without("name")).name == ""
    assert Product.from_row(GOOD).row == GOOD


def put(**attributes: Any) -> None:
    """Write the monitor's row with these attributes, in DynamoDB's own types; None removes one."""
    row: dict[str, Any] = {**dynamodb.to_wire(world.product("monitor")), **attributes}
    item = {name: value for name, value in row.items() if value is not None}
    dynamodb.client.put_item(TableName=os.environ["INVENTORY_TABLE"], Item=item)


def line(product: str, price: float) -> dict[str, Any]:
    return {"productId": product, "quantity": 1, "price": price}


def order(*lines: dict[str, Any]) -> str:
    return json.dumps({"customerId": "customer-1", "items": list(lines)})


PRICES: tuple[Any, ...] = (
    *({"N": "349.99"}, {"N": "-1"}, {"N": "1E+60"}, {"S": "34999"}, {"NULL": True}, {"BOOL": True}),
    *({"B": b"1"}, {"NS": ["1"]}, {"L": []}, {"M": {}}, None),
)


@pytest.mark.parametrize(
    "attributes",
    [
        *({"price": value} for value in PRICES),
        *({"available": None}, {"available": {"S": "9"}}, {"available": {"N": "0.5"}}),
        *({"stocked": None}, {"stocked": {"N": "-9"}}, {"name": {"N": "7"}}),
    ],
    ids=str,
)
@pytest.mark.parametrize("price", [3.49, 349.99])
def test_a_product_whose_row_is_malformed_is_not_sold_at_any_price(attributes: dict[str, Any], price: float) -> None:
    put(**attributes)
    answer = http.post(order(line("laptop", 1299.99), line("monitor", price)))
    assert (answer.status, answer.body["title"]) == (422, "The order does not match the catalogue")
    assert answer.body["errors"] == [{"field": "items.1", "message": NOT_FOR_SALE}]
    assert "monitor" not in json.dumps(answer.body)
    assert world.rows("SAGAS") == []


def test_the_other_products_are_sold_all_the_same() -> None:
    put(price={"N": "349.99"})
    assert http.post(order(line("laptop", 1299.99))).status == 202


def test_a_malformed_row_is_logged_as_an_error_with_the_products_id(log: io.StringIO) -> None:
    put(price={"N": "349.99"})
    http.post(order(line("monitor", 349.99)))
    lines = [json.loads(each) for each in log.getvalue().splitlines()]
    (error,) = [each for each in lines if each["level"] == "ERROR"]
    assert (error["productId"], error["cause"].partition(":")[0]) == ("monitor", "price is 349.99")


def test_a_product_without_a_name_is_sold() -> None:
    put(name=None)
    assert http.post(order(line("monitor", 349.99))).status == 202


def test_a_free_product_is_sold_for_nothing_and_for_nothing_else() -> None:
    put(price={"N": "0"})
    assert http.post(order(line("monitor", 0.01))).status == 422
    answer = http.post(order(line("monitor", 0)))
    assert (answer.status, answer.body["totalAmount"]) == (202, 0)
