"""What an order takes, by the meter, is what the counts on file say; and the arithmetic that prices it."""

import os
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from sagakit import dynamodb
from scripts.consumers import Consumer
from scripts.cost import counts
from scripts.cost.bill import sampled
from scripts.cost.invocations import Load, milliseconds
from tests.bench.cost.counting import counted
from tests.bench.cost.item_size import item_size
from tests.bench.cost.meter import Meter, metered
from tests.bench.cost.stored import KB, Index, read_units, write_units

ORDERS, EVENTS = "SAGAS_TABLE", "EVENTS_TABLE"
CONFIRMED = counts.read()[counts.CONFIRMED]


# --- The counts ------------------------------------------------------------------------------------------------------


def test_orders_take_what_is_on_file() -> None:
    assert list(counts.differences(counts.read(), counted())) == [], "if it is meant to be so, run: make cost"


def test_an_added_write_is_told_with_its_function_table_and_operation() -> None:
    writes = {**CONFIRMED.writes, "ConfirmOrder": {"Inventory": {"update": 1.0}}}
    told = list(counts.differences({"": CONFIRMED}, {"": replace(CONFIRMED, writes=writes)}))
    assert ": ConfirmOrder, table Inventory, update: 1 write units, not 0" in told


# --- The meter -------------------------------------------------------------------------------------------------------


@pytest.fixture
def meter(world: None, monkeypatch: pytest.MonkeyPatch) -> Meter:  # noqa: ARG001
    return metered(monkeypatch)


def put(meter: Meter, size: int = 1, condition: str = "", **attributes: str | int) -> dict[str, float]:
    """Put an order and return the units by operation."""
    row = {"orderId": "order-1", "text": "x" * size, **attributes}
    meter.writes.clear()
    with meter.running("PlaceOrder"), suppress(dynamodb.client.exceptions.ConditionalCheckFailedException):
        dynamodb.client.put_item(**dynamodb.request(os.environ[ORDERS], item=row, condition=condition))
    return {operation: units for (_, _, operation), units in meter.writes.items()}


def test_a_write_takes_a_unit_for_each_kilobyte_of_the_larger_of_both_rows(meter: Meter) -> None:
    assert [put(meter, size)["put"] for size in (1, KB - 20, KB, 1)] == [1, 1, 2, 2]


def test_a_refused_write_is_billed_and_changes_no_index(meter: Meter) -> None:
    put(meter)
    assert put(meter, open="u#1", dueAt=1, condition="attribute_not_exists(#orderId)") == {"put, refused": 1}


def test_an_index_takes_one_unit_for_an_insert_or_a_delete_and_two_for_a_new_key(meter: Meter) -> None:
    entries: list[dict[str, Any]] = [{"dueAt": 1}, {"open": "u", "dueAt": 1}, {"open": "u", "dueAt": 1, "other": 1}]
    entries += [{"open": "u", "dueAt": 2}, {}]
    assert [put(meter, **attributes).get("index open", 0) for attributes in entries] == [0, 1, 0, 2, 1]


def test_a_changed_attribute_that_an_index_repeats_is_one_write_of_the_index() -> None:
    index = Index("all", ("open",), None)
    assert index.writes({"open": {"S": "u"}, "other": {"N": "1"}}, {"open": {"S": "u"}, "other": {"N": "2"}}) == 1


def test_a_transaction_writes_and_checks_twice_but_its_index_entries_once(meter: Meter) -> None:
    row = dynamodb.request(os.environ[EVENTS], item={"orderId": "1", "eventType": "e", "at": 1, "undispatched": "u"})
    check = dynamodb.request(os.environ[ORDERS], key={"orderId": "1"}, condition="attribute_not_exists(#orderId)")
    with meter.running("PlaceOrder"):
        dynamodb.client.transact_write_items(TransactItems=[{"Put": row}, {"ConditionCheck": check}])
    assert meter.writes == {
        ("PlaceOrder", "Events", "put in a transaction"): 2,
        ("PlaceOrder", "Events", "index undispatched"): 1,
        ("PlaceOrder", "Orders", "check in a transaction"): 2,
    }


def test_a_query_takes_a_unit_for_each_four_kilobytes_that_it_reads_in_all(meter: Meter) -> None:
    for number in range(3):
        row = {"orderId": "1", "eventType": f"e{number}", "at": 1, "text": "x" * 2 * KB}
        dynamodb.client.put_item(**dynamodb.request(os.environ[EVENTS], item=row))
    query = dynamodb.request(os.environ[EVENTS], query="#orderId = :id", id="1")
    with meter.running("ConfirmOrder"):
        dynamodb.client.query(**query, ConsistentRead=True)
        dynamodb.client.query(**query)
    assert meter.reads == {("ConfirmOrder", "Events", "query"): 2 + 1}


def test_a_read_of_nothing_takes_as_much_as_one_of_four_kilobytes() -> None:
    assert [read_units(size, consistent=True) for size in (0, 4 * KB, 4 * KB + 1)] == [1, 1, 2]
    assert (read_units(0, consistent=False), write_units(None)) == (0.5, 1)


def test_an_item_is_as_large_as_its_names_and_values() -> None:
    image: Any = {"a": {"S": "né"}, "b": {"N": "-1200"}, "c": {"BOOL": True}, "d": {"L": [{"M": {"e": {"N": "123"}}}]}}
    assert item_size(image) == (1 + 3) + (1 + 2) + (1 + 1) + (1 + 3 + 1 + 3 + 1 + 1 + 3)


# --- The arithmetic --------------------------------------------------------------------------------------------------


def batches(rate: float, window: int, records: int = 5, batch: int = 100) -> float:
    """Return the batches of an order of half a second or so, on four shards."""
    load = Load(rate, {"PublishEvents": Consumer(batch, 1, window)})
    return load.invocations(replace(CONFIRMED, records={"PublishEvents": records}))["PublishEvents"]


def test_without_a_window_each_record_is_a_batch_until_batches_take_longer_than_records_to_come() -> None:
    assert batches(rate=0, window=0) == 5
    assert 4 < batches(rate=10, window=0) < 5


def test_in_a_window_an_order_is_one_batch_and_shares_it_with_those_that_come_meanwhile() -> None:
    assert (batches(rate=0, window=1), batches(rate=4, window=1)) == (1, 1 / 2)


def test_a_batch_has_as_many_records_as_the_template_allows() -> None:
    assert batches(rate=1_000, window=1, batch=10) == 5 / 10


def test_a_function_takes_as_long_as_its_invocations_and_its_calls() -> None:
    count = replace(CONFIRMED, calls={"F": {"GetItem": 2, "TransactWriteItems": 1}})
    assert milliseconds("F", count, 2) == 2 * 20 + 2 * 10 + 20


def test_a_request_a_second_is_traced_and_one_of_twenty_others() -> None:
    assert (sampled(0.5), sampled(1), sampled(101)) == (1, 1, 6 / 101)
