"""Returns of confirmed orders over HTTP: money and stock come back once, and only for what was bought."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from saga.http import call
from tests.e2e.shop import Shop, eventually


def give_back(shop: Shop, order_id: str, quantity: int, key: str) -> tuple[int, Any]:
    """POST /orders/{id}/returns for some monitors."""
    body = {"items": [{"productId": "monitor", "quantity": quantity}], "reason": "too many"}
    return call(f"{shop.stack.api_url}/orders/{order_id}/returns", body, {"x-idempotency-key": key})


def returns(shop: Shop, order_id: str) -> list[Any]:
    """GET /orders/{id}/returns."""
    status, answer = call(f"{shop.stack.api_url}/orders/{order_id}/returns")
    assert status == 200, answer
    return list(answer["returns"])


def all_confirmed(shop: Shop, order_id: str) -> None:
    def confirmed() -> bool:
        return {each["status"] for each in returns(shop, order_id)} == {"CONFIRMED"}

    eventually(confirmed, f"a return of order {order_id} was not confirmed")


def test_a_part_is_returned_then_the_rest_once_and_then_nothing_is_left(shop: Shop) -> None:
    before = shop.product("monitor")["available"]
    order_id = shop.place(shop.order("monitor", 3))
    assert give_back(shop, "00000000-0000-4000-8000-000000000000", 1, "key")[0] == 404
    shop.ended(order_id)

    status, answer = give_back(shop, order_id, 1, "a part")
    assert (status, answer["status"], answer["refundAmount"]) == (202, "PENDING", 349.99)
    assert give_back(shop, order_id, 1, "a part")[1] == answer
    all_confirmed(shop, order_id)
    assert (shop.net_charge(order_id), shop.product("monitor")["available"]) == (69998, before - 2)

    with ThreadPoolExecutor(2) as clients:
        rest = list(clients.map(lambda key: give_back(shop, order_id, 2, key), ("one", "the other")))
    assert sorted(status for status, _ in rest) == [202, 409]
    all_confirmed(shop, order_id)
    assert (shop.net_charge(order_id), shop.product("monitor")["available"]) == (0, before)
    assert [each["refundAmount"] for each in returns(shop, order_id)] == [349.99, 699.98]

    assert give_back(shop, order_id, 1, "one more")[0] == 409
    assert shop.get(order_id)["status"] == "CONFIRMED"
    assert shop.violations() == []
