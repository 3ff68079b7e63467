"""Placing: an order and the event that starts its saga are stored together, once per key."""

from dataclasses import replace
from itertools import permutations

import pytest

from order import ids
from order.domain import Line, LineConflict, Order, merged
from order.ids import derived
from order.placing import place
from order.problems import Problem
from sagakit import clock, dynamodb, guard, idempotency
from sagakit.errors import TransientError
from sagakit.event import shard
from sagakit.idempotency import api_config
from tests.support import meanwhile, world
from tests.support.lambdas import Context

pytestmark = pytest.mark.usefixtures("world")

KEY = "a-key"
BUSY: dict[str, dict[str, object]] = {"UnprocessedKeys": {"inventory": {}}, "Responses": {}}  # of the catalogue


@pytest.fixture(autouse=True)
def invoked() -> None:
    """Pretend that an invocation of the function is running."""
    api_config.register_lambda_context(Context())  # type: ignore[arg-type]


def placed(order: Order | None = None, key: str | None = KEY) -> tuple[str, bool]:
    """Place an order; return its id and whether the response is a replay."""
    receipt = place(order or world.order(), key)
    return receipt["orderId"], receipt["replayed"]


def died(monkeypatch: pytest.MonkeyPatch, operation: str, call: int = 1) -> None:
    """Let the function die while it is placing an order."""
    with monkeypatch.context() as patch:
        meanwhile.before(patch, operation, meanwhile.die, call)
        with pytest.raises(meanwhile.Died):
            placed()


def time_passes() -> None:
    """Let the idempotency record of the function that died expire."""
    for row in world.rows("IDEMPOTENCY"):
        world.put("IDEMPOTENCY", {**row, "in_progress_expiration": 1})


def test_the_order_is_stored_as_it_was_placed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: 1_000)
    new_id, _ = placed()
    row = guard.read(new_id)
    assert row["items"] == [{"productId": "monitor", "quantity": 2, "unitPrice": 34_999}]
    assert (row["status"], row["totalAmount"], row["customerId"]) == ("PENDING", 69_998, "customer-1")
    assert (row["createdAt"], row["open"]) == (1_000, shard(new_id))
    assert (row["dueAt"], row["deadlineAt"]) == (61_000, 7_201_000)  # a minute, and two hours


def test_the_event_that_starts_its_saga_is_stored_with_it() -> None:
    new_id, _ = placed()
    (event,) = world.rows("EVENTS")
    assert (event["eventId"], event["startsSaga"]) == (f"{new_id}-OrderPlaced", True)
    assert "undispatched" not in event
    assert event["detail"] == {"items": [{"productId": "monitor", "quantity": 2}], "totalAmount": 69_998}


@pytest.mark.parametrize("table", ["SAGAS", "EVENTS"])
def test_order_and_event_are_stored_together_or_not_at_all(monkeypatch: pytest.MonkeyPatch, table: str) -> None:
    in_the_way = {
        "orderId": derived("customer-1", "POST /orders", KEY),
        "eventType": "OrderPlaced",
        "eventId": "in the way",
    }
    row = {"at": 1, "detail": {}, "startsSaga": True, "customerId": "customer-1", "items": [], "paymentToken": "pm_ok"}
    meanwhile.before(monkeypatch, "transact_write_items", lambda: world.put(table, {**in_the_way, **row}))
    with pytest.raises(Problem, match=r"used for another order|was erased"):
        placed()
    assert len(world.rows("SAGAS")) + len(world.rows("EVENTS")) == 1


def test_without_a_key_every_order_is_new() -> None:
    assert placed(key=None) != placed(key=None)
    assert len(world.rows("SAGAS")) == 2


def test_the_same_key_of_another_customer_is_another_order() -> None:
    assert placed() != placed(world.order(customer="customer-2"))


@pytest.mark.parametrize("remembered", [True, False], ids=["remembered", "forgotten"])
def test_a_price_that_has_changed_does_not_affect_a_replay(*, remembered: bool) -> None:
    first, _ = placed()
    world.put("INVENTORY", {**world.product(), "price": 1})
    if not remembered:
        world.forget_requests()
    assert placed() == (first, True)


def test_an_order_that_was_placed_is_replayed_while_the_catalogue_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = placed()
    world.forget_requests()
    monkeypatch.setattr(dynamodb.client, "batch_get_item", lambda **_: BUSY)
    assert placed() == (first, True)


def test_of_a_new_order_only_the_catalogue_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    ids.secret()  # once for an environment
    monkeypatch.setattr(dynamodb.client, "get_item", lambda **_: pytest.fail("a row was read"))
    assert placed()[1] is False


def test_an_order_that_an_earlier_version_stored_is_replayed_whatever_its_fingerprint() -> None:
    two = Order("customer-1", (Line("monitor", 1, 34_999), Line("laptop", 1, 129_999)), world.OK)
    first, _ = placed(two)
    world.put("SAGAS", {**guard.read(first), "fingerprint": "of the lines as they were sent"})
    world.forget_requests()
    assert placed(replace(two, lines=two.lines[::-1])) == (first, True)


def test_a_key_whose_order_was_erased_is_refused_for_good() -> None:
    first, _ = placed()
    world.remove("SAGAS", orderId=first)
    world.forget_requests()
    for _ in range(2):
        with pytest.raises(Problem, match="was erased") as refused:
            placed()
        assert (refused.value.status, refused.value.body["detail"]) == (410, "Use a new key for a new order.")
    assert world.rows("SAGAS") == []


def test_a_refused_order_may_be_corrected_under_the_same_key() -> None:
    with pytest.raises(Problem):
        placed(Order("customer-1", (Line("monitor", 1, 1),), world.OK))
    assert placed()[1] is False


def test_an_order_that_a_concurrent_duplicate_places_first_is_a_replay(monkeypatch: pytest.MonkeyPatch) -> None:
    def duplicate() -> None:
        world.forget_requests()
        placed()

    meanwhile.before(monkeypatch, "transact_write_items", duplicate)
    assert placed()[1] is True
    assert len(world.rows("SAGAS")) == 1


def test_a_function_that_dies_before_the_transaction_stores_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    died(monkeypatch, "transact_write_items")
    assert (world.rows("SAGAS"), world.rows("EVENTS")) == ([], [])
    time_passes()
    assert placed()[1] is False


def test_a_function_that_dies_before_its_response_has_placed_the_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(idempotency.client, "update_item", lambda **_: meanwhile.die())
        with pytest.raises(meanwhile.Died):
            placed()
    (row,) = world.rows("SAGAS")
    with pytest.raises(Problem) as running:
        placed()
    assert running.value.status == 409
    time_passes()
    assert placed() == (row["orderId"], True)
    assert len(world.rows("SAGAS")) == 1


def test_a_partial_read_of_the_catalogue_is_transient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dynamodb.client, "batch_get_item", lambda **_: BUSY)
    with pytest.raises(TransientError, match="busy"):
        placed()


# --- Equal orders --------------------------------------------------------------------------------------------------


def test_lines_of_one_product_are_merged() -> None:
    lines = [Line("a", 1, 100), Line("b", 5, 200), Line("a", 2, 100)]
    assert merged(lines) == (Line("a", 3, 100), Line("b", 5, 200))


@pytest.mark.parametrize(
    "second", [Line("a", 1, 101, "items.1"), Line("a", 1000, 100, "items.1")], ids=["two prices", "too many"]
)
def test_a_conflict_between_lines_names_the_later_line(second: Line) -> None:
    with pytest.raises(LineConflict) as conflict:
        merged([Line("a", 1, 100, "items.0"), second])
    assert conflict.value.field == "items.1"


def test_an_order_costs_the_sum_of_its_lines() -> None:
    assert Order("c", (Line("a", 3, 100), Line("b", 2, 250)), world.OK).total == 800


@pytest.mark.parametrize(
    "other",
    [
        Order("other", (Line("a", 1, 100),), "pm_ok"),
        Order("c", (Line("b", 1, 100),), "pm_ok"),
        Order("c", (Line("a", 2, 100),), "pm_ok"),
        Order("c", (Line("a", 1, 101),), "pm_ok"),
        Order("c", (Line("a", 1, 100),), "pm_slow"),
    ],
    ids=["customer", "product", "quantity", "price", "token"],
)
def test_any_difference_makes_another_order(other: Order) -> None:
    order = Order("c", (Line("a", 1, 100),), "pm_ok")
    assert order.fingerprint == Order("c", (Line("a", 1, 100),), "pm_ok").fingerprint
    assert order.fingerprint != other.fingerprint


def test_the_order_of_the_lines_makes_no_difference() -> None:
    lines = (Line("a", 1, 100), Line("b", 2, 200), Line("a ", 2, 200))
    fingerprints = {Order("c", each, "pm_ok").fingerprint for each in permutations(lines)}
    assert len(fingerprints) == 1
