"""Many at once: one order for one key, no piece sold twice, no order lost to a conflict."""

import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests.e2e.shop import Shop


def outcomes(shop: Shop, product: str) -> Counter[str]:
    """Let a hundred orders race for a product, ten at a time: as many as two cores can run functions for."""
    orders = shop.run_all(shop.order(product, 1) for _ in range(100))
    return Counter(order["status"] for order in orders)


def test_ten_clients_with_the_same_key_get_one_order(shop: Shop) -> None:
    key, body = f"key-{uuid.uuid4()}", shop.order("monitor", 1)
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: shop.post(body, key), range(10)))
    accepted = {answer["orderId"] for status, answer in answers if status == 202}
    assert len(accepted) == 1
    assert {status for status, _ in answers} <= {202, 409}
    assert shop.place(body, key) in accepted


def test_a_hundred_orders_for_twenty_five_pieces_sell_exactly_twenty_five(shop: Shop) -> None:
    shop.stock("scarce", 25)
    assert outcomes(shop, "scarce") == {"CONFIRMED": 25, "FAILED": 75}
    assert shop.product("scarce")["available"] == 0


def test_a_hundred_orders_for_a_thousand_pieces_are_all_confirmed(shop: Shop) -> None:
    shop.stock("plenty", 1000)
    assert outcomes(shop, "plenty") == {"CONFIRMED": 100}
    assert shop.product("plenty")["available"] == 900
