"""Concurrency and repetition: one order for one key, no piece sold twice, nothing lost to a conflict or done twice."""

import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from boto3.dynamodb.types import TypeSerializer

from tests.e2e.shop import Shop


def outcomes(shop: Shop, product: str) -> Counter[str]:
    """Let a hundred orders race for a product, ten at a time: as many as two cores can handle."""
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


def test_delivering_every_stream_record_twice_more_changes_nothing(shop: Shop) -> None:
    orders = [shop.place(shop.order("monitor", 1, token)) for token in ("pm_ok", "pm_declined")]
    for order_id in orders:
        shop.executed(order_id)
    before = [(shop.get(order_id), shop.events(order_id)) for order_id in orders]
    records = [record(row) for row in shop.rows("EventsTable") if row["orderId"] in orders]
    for _ in range(2):
        starts = [each for each in records if each["dynamodb"]["NewImage"]["startsSaga"]["BOOL"]]
        assert shop.invoke("StartSagasFunction", {"Records": starts}) == {"batchItemFailures": []}
        assert shop.invoke("PublishEventsFunction", {"Records": records}) == {"published": len(records)}
    assert [(shop.get(order_id), shop.events(order_id)) for order_id in orders] == before
    assert shop.violations() == []


def record(row: dict[str, Any]) -> dict[str, Any]:
    image = {name: TypeSerializer().serialize(value) for name, value in row.items()}
    stream = {"NewImage": image, "SequenceNumber": row["eventId"], "StreamViewType": "NEW_IMAGE"}
    return {"eventID": row["eventId"], "eventName": "INSERT", "eventSource": "aws:dynamodb", "dynamodb": stream}
