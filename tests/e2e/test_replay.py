"""Dispatching events again changes nothing."""

from typing import Any

from boto3.dynamodb.types import TypeSerializer

from saga.check import check
from tests.e2e.shop import Shop


def test_every_stream_record_delivered_twice_more_changes_nothing(shop: Shop) -> None:
    orders = [shop.place(shop.order("monitor", 1, token)) for token in ("pm_ok", "pm_declined")]
    for order_id in orders:
        shop.executed(order_id)
    before = [(shop.get(order_id), shop.events(order_id)) for order_id in orders]
    records = [record(row) for row in shop.rows("EventsTable") if row["orderId"] in orders]
    for _ in range(2):
        assert shop.invoke("RelayOutboxFunction", {"Records": records}) == {"batchItemFailures": []}
    assert [(shop.get(order_id), shop.events(order_id)) for order_id in orders] == before
    assert check(shop.stack) == []


def record(row: dict[str, Any]) -> dict[str, Any]:
    image = {name: TypeSerializer().serialize(value) for name, value in row.items()}
    stream = {"NewImage": image, "SequenceNumber": row["eventId"], "StreamViewType": "NEW_IMAGE"}
    return {"eventID": row["eventId"], "eventName": "INSERT", "eventSource": "aws:dynamodb", "dynamodb": stream}
