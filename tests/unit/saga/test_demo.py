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
