"""Orders over HTTP, from the request to their end."""

import uuid

import pytest

from sagas import ORDER
from tests.e2e.shop import Shop
from tests.template.graph import forward, undoing

HAPPY = forward()
UNDOING = [*undoing(), "OrderFailed"]


def fresh_key() -> str:
    return f"key-{uuid.uuid4()}"


def test_an_order_without_a_key_is_accepted_and_confirmed(shop: Shop) -> None:
    laptops = shop.product("laptop")["available"]
    order_id = shop.place(shop.order("laptop", 1))
    order = shop.ended(order_id)
    assert (order["status"], order["totalAmount"]) == ("CONFIRMED", 1299.99)
    assert shop.product("laptop")["available"] == laptops - 1
    assert shop.net_charge(order_id) == 129999


def test_a_repeated_key_gives_the_same_order_and_a_new_key_a_new_one(shop: Shop) -> None:
    key, body = fresh_key(), shop.order("monitor", 2)
    monitors = shop.product("monitor")["available"]
    first = shop.place(body, key)
    assert shop.place(body, key) == first
    second = shop.place(body, fresh_key())
    assert second != first
    assert {shop.ended(first)["status"], shop.ended(second)["status"]} == {"CONFIRMED"}
    assert shop.place(body, key) == first
    assert shop.product("monitor")["available"] == monitors - 4


def test_a_shortage_leaves_the_stock_unchanged_and_nothing_charged(shop: Shop) -> None:
    before = shop.product("PROD-003")["available"]
    order_id = shop.place(shop.order("PROD-003", 1000))
    order = shop.ended(order_id)
    assert (order["status"], order["reason"]["reason"]) == ("FAILED", "InsufficientStock")
    assert shop.product("PROD-003")["available"] == before
    assert shop.intent(order_id) == {}


def test_the_history_of_a_declined_order_shows_how_it_was_undone(shop: Shop) -> None:
    before = shop.product("monitor")["available"]
    order_id = shop.place(shop.order("monitor", 2, "pm_declined"))
    assert shop.executed(order_id) == ["ReserveInventory", "ProcessPayment", *UNDOING]
    execution = shop.execution(order_id)
    assert (execution["status"], execution["error"], execution["cause"]) == (
        "FAILED",
        "PaymentDeclined",
        "The payment was declined.",
    )
    order = shop.get(order_id)
    assert (order["status"], order["reason"]) == (
        "FAILED",
        {"reason": "PaymentDeclined", "message": "The payment was declined."},
    )
    assert (shop.net_charge(order_id), shop.product("monitor")["available"]) == (0, before)
    assert shop.events(order_id) == [
        "OrderPlaced",
        "InventoryReserved",
        "PaymentIntentRecorded",
        "PaymentDeclined",
        "OrderCancelling",
        *ORDER.undone_by,
        "OrderFailed",
    ]


def test_the_history_of_a_confirmed_order_has_only_the_forward_tasks(shop: Shop) -> None:
    order_id = shop.place(shop.order())
    assert shop.executed(order_id) == HAPPY
    assert shop.execution(order_id)["status"] == "SUCCEEDED"


@pytest.mark.parametrize("token", ["pm_flaky", "pm_slow", "pm_processing", "pm_late_decline", "pm_insufficient_funds"])
def test_whatever_the_gateway_does_the_order_is_confirmed_and_charged_once_or_failed_and_not_charged(
    shop: Shop, token: str
) -> None:
    order_id = shop.place(shop.order("PROD-002", 1, token))
    order = shop.ended(order_id)
    charged = {"CONFIRMED": 19999, "FAILED": 0}[order["status"]]
    assert shop.net_charge(order_id) == charged
