"""`saga demo`: three orders, on any stack."""

import sys
from contextlib import redirect_stdout
from dataclasses import replace
from typing import Any

import pytest

from saga.local import demo
from saga.local.demo import Report
from saga.orders import actions
from saga.stack.stack import Stack
from saga.stack.target import Target
from tests.support import http, world
from tests.support.cli import answer, saga

ENDS = ("CONFIRMED", "FAILED", "FAILED")


@pytest.fixture(autouse=True)
def placed(target_stack: Stack, monkeypatch: pytest.MonkeyPatch) -> list[str]:  # noqa: ARG001
    """Send orders to the API's function, let each end at once, and return their IDs."""
    order_ids: list[str] = []

    def call(_: str, body: Any, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        with redirect_stdout(sys.stderr):  # where the function's metrics would go
            answered = http.post(body, headers=headers)
        return answered.status, answered.body

    def report(_: Stack, title: str, order_id: str, end: str) -> Report:
        order_ids.append(order_id)
        return Report(order_id, title, end, f"{title}: {end}", as_expected=True)

    monkeypatch.setattr(actions, "call", call)
    monkeypatch.setattr(demo, "_report", report)
    return order_ids


def on_stage(stack: Stack, stage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stage_stack = replace(stack, endpoint=None, outputs={**stack.outputs, "Stage": stage})
    monkeypatch.setattr(Target, "load", lambda _target: stage_stack)


def test_the_products_that_are_missing_are_added_and_three_orders_are_placed(placed: list[str]) -> None:
    for product in world.PRICES:
        world.remove("INVENTORY", productId=product)
    reports = answer("demo")
    assert [each["status"] for each in reports] == list(ENDS)
    assert [each["orderId"] for each in reports] == placed
    assert {row["productId"] for row in world.rows("INVENTORY")} == {"laptop", "PROD-002", "PROD-003"}
    assert len(world.rows("SAGAS")) == 3


def test_running_it_again_shows_the_same_orders_and_leaves_the_stock_alone(placed: list[str]) -> None:
    assert answer("demo") == answer("demo")
    assert len(world.rows("SAGAS")) == len(set(placed)) == 3
    assert world.product("laptop")["stocked"] == world.STOCK


def lines() -> dict[str, Any]:
    """Return what was ordered of each product by all orders, and at which price in minor units."""
    ordered = (line for row in world.rows("SAGAS") for line in row["items"])
    return {line["productId"]: (line["quantity"], line["unitPrice"]) for line in ordered}


def test_the_orders_have_the_prices_of_the_catalogue() -> None:
    world.put("INVENTORY", {**world.product("laptop"), "price": 999_00})
    assert [each["status"] for each in answer("demo")] == list(ENDS)
    assert lines()["laptop"] == (1, 999_00)


def test_at_another_price_it_is_another_order(placed: list[str]) -> None:
    answer("demo")
    world.put("INVENTORY", {**world.product("laptop"), "price": 999_00})
    answer("demo")
    (confirmed, *others), (again, *others_again) = placed[:3], placed[3:]
    assert confirmed != again
    assert others == others_again


def test_an_order_is_out_of_stock_although_its_usual_product_was_restocked() -> None:
    answer("product", "restock", "PROD-003", "--by", "900")
    answer("demo")
    product, (quantity, _) = max(lines().items(), key=lambda line: line[1])
    assert quantity > world.available(product)


def test_if_every_product_has_more_pieces_than_an_order_may_have_it_places_nothing() -> None:
    for product in (*world.PRICES, "PROD-002"):
        world.put("INVENTORY", {**world.product("laptop"), "productId": product, "available": 1000, "stocked": 1000})
    ended = saga("demo")
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert "1000 pieces" in ended.stderr
    assert world.rows("SAGAS") == []


def test_on_aws_it_runs_as_it_does_on_the_engine(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    on_stage(stack, "dev", monkeypatch)
    assert len(answer("demo")) == 3


def test_on_the_stage_prod_it_places_nothing_unless_it_is_told_to(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_stage(stack, "prod", monkeypatch)
    refused = saga("demo")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "Pass --yes" in refused.stderr
    assert world.rows("SAGAS") == []
    assert len(answer("demo", "--yes")) == 3


def test_an_order_that_ends_otherwise_is_exit_code_1(monkeypatch: pytest.MonkeyPatch) -> None:
    def report(_: Stack, title: str, order_id: str, end: str) -> Report:
        return Report(order_id, title, end, "", as_expected=False)

    monkeypatch.setattr(demo, "_report", report)
    assert saga("demo").exit_code == 1
