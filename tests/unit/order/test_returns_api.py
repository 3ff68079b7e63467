"""The API of returns: no piece is returned twice, and none that was never bought."""

from typing import Any

import pytest

from order import returns, store
from order.domain import Line, Order
from order.placing import place
from sagakit import dynamodb, eventlog, guard
from sagakit.dynamodb import Item
from sagas import RETURN
from tests.support import http, meanwhile, steps, world

pytestmark = pytest.mark.usefixtures("world")

KEY = "a-key"
NOWHERE = "00000000-0000-4000-8000-000000000000"


def items(**quantities: int) -> dict[str, Any]:
    return {"items": [{"productId": product, "quantity": quantity} for product, quantity in quantities.items()]}


def bought(**quantities: int) -> str:
    """Confirm an order of these products."""
    lines = tuple(Line(product, quantity, world.PRICES[product]) for product, quantity in quantities.items())
    order_id = str(place(Order("customer-1", lines, world.OK), None)["orderId"])
    for state in ("ReserveInventory", "ProcessPayment", "ConfirmOrder"):
        steps.call(state, order_id)
    return order_id


def finish(return_id: str) -> None:
    """Run a return to its end."""
    for state in (*(step.state for step in RETURN.forward), "ConfirmReturn"):
        steps.call(state, return_id)


def shown(order_id: str) -> list[dict[str, Any]]:
    """Return what a client reads, without times."""
    answer = http.get(f"/orders/{order_id}/returns")
    assert (answer.status, answer.body["orderId"]) == (200, order_id)
    return [
        {name: value for name, value in each.items() if name not in {"createdAt", "updatedAt"}}
        for each in answer.body["returns"]
    ]


# --- Accepting -----------------------------------------------------------------------------------------------------


def test_a_return_is_accepted_and_can_be_read() -> None:
    order_id = bought(monitor=3, laptop=1)
    answer = http.post_return(order_id, {**items(monitor=2), "reason": "too bright"})
    return_id = answer.body["returnId"]
    assert (answer.status, answer.headers["Location"]) == (202, "returns")
    assert answer.body == {"returnId": return_id, "status": "PENDING", "refundAmount": 699.98}
    assert shown(order_id) == [{**answer.body, **items(monitor=2), "reason": "too bright"}]
    assert (world.events(return_id), world.events(order_id)[-1]) == (["ReturnAccepted"], "OrderReturnAccepted#1")
    row = guard.read(return_id)
    assert (row["saga"], row["returnOf"], "customerId" in row) == ("return", order_id, False)
    assert http.get(f"/orders/{order_id}").body["status"] == "CONFIRMED"


def test_a_part_and_then_the_rest_is_returned_and_then_nothing_more() -> None:
    order_id = bought(monitor=3, laptop=1)
    wanted = [items(monitor=1), items(monitor=1, laptop=1), items(monitor=1)]
    answers = [http.post_return(order_id, each) for each in wanted]
    assert [answer.body.get("refundAmount") for answer in answers] == [349.99, 1649.98, 349.99]
    for answer in answers:
        finish(answer.body["returnId"])
    assert [each["status"] for each in shown(order_id)] == ["CONFIRMED"] * 3
    assert (world.net_charge(), world.available(), world.available("laptop")) == (0, world.STOCK, world.STOCK)
    late = http.post_return(order_id)
    assert (late.status, late.body["detail"]) == (409, "It has 0 monitor.")


def test_everything_is_returned_at_once_with_lines_of_one_product_added_up() -> None:
    order_id = bought(monitor=2, laptop=1)
    every = {"items": [*items(monitor=1, laptop=1)["items"], *items(monitor=1)["items"]]}
    answer = http.post_return(order_id, every)
    finish(answer.body["returnId"])
    assert (answer.body["refundAmount"], world.net_charge(), world.available()) == (1999.97, 0, world.STOCK)


def test_the_return_of_a_free_order_refunds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(world.PRICES, "monitor", 0)
    world.stock_up()
    answer = http.post_return(bought(monitor=2))
    finish(answer.body["returnId"])
    assert (answer.body["refundAmount"], world.available(), world.intents()) == (0, world.STOCK - 1, [])


# --- Refusals ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "status", "said"),
    [
        (items(monitor=3), 409, "It has 2 monitor."),
        (items(laptop=1), 422, "the order has only monitor"),
        (items(monitor=0), 422, "greater than or equal to 1"),
        ({"items": []}, 422, "at least 1 item"),
        ({**items(monitor=1), "amount": 1}, 422, "not permitted"),
        ({}, 422, "required"),
    ],
)
def test_what_cannot_be_returned_is_refused_and_nothing_is_stored(
    wanted: dict[str, Any], status: int, said: str
) -> None:
    order_id = bought(monitor=2)
    before = world.snapshot()
    answer = http.post_return(order_id, wanted, key=KEY)
    assert (answer.status, said in answer.text, world.snapshot()) == (status, True, before)


@pytest.mark.parametrize("bring", [world.placed, steps.cancelling, steps.parked, steps.failed])
def test_only_a_confirmed_order_can_be_returned(bring: steps.Bring) -> None:
    order_id = bring()
    before = world.snapshot()
    answer = http.post_return(order_id)
    assert (answer.status, answer.body["title"]) == (409, "The order is not confirmed")
    assert world.status(order_id) in answer.body["detail"]
    assert (world.snapshot(), shown(order_id)) == (before, [])


def test_an_unknown_order_has_no_returns_and_neither_has_a_return() -> None:
    order_id = bought(monitor=2)
    return_id = http.post_return(order_id).body["returnId"]
    for unknown in (NOWHERE, "1", return_id):
        assert http.post_return(unknown).status == 404
        assert http.get(f"/orders/{unknown}/returns").status == 404
    answers = [http.get(f"/orders/{return_id}"), http.get(f"/orders/{return_id}/events"), http.cancel(return_id)]
    assert [answer.status for answer in answers] == [404] * 3


def test_an_order_has_a_hundred_returns_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(returns, "AT_MOST", 2)
    order_id = bought(monitor=3)
    answers = [http.post_return(order_id) for _ in range(3)]
    assert [answer.status for answer in answers] == [202, 202, 409]
    assert answers[-1].body["title"] == "The order has too many returns"


# --- Once for each key ---------------------------------------------------------------------------------------------


def test_a_key_stands_for_one_return_for_ever() -> None:
    order_id = bought(monitor=2)
    first = http.post_return(order_id, {**items(monitor=2), "reason": "too bright"}, key=KEY)
    finish(first.body["returnId"])
    again = http.post_return(order_id, {**items(monitor=2), "reason": "too bright"}, key=KEY)
    assert (again.status, again.body) == (202, first.body)
    assert ("Idempotency-Replayed" in first.headers, again.headers["Idempotency-Replayed"]) == (False, "true")
    assert world.net_charge() == 0


@pytest.mark.parametrize("other", [items(monitor=2), {**items(monitor=1), "reason": "too bright"}])
def test_a_key_that_was_used_for_another_return_is_refused(other: dict[str, Any]) -> None:
    order_id = bought(monitor=3)
    http.post_return(order_id, items(monitor=1), key=KEY)
    before = world.snapshot()
    answer = http.post_return(order_id, other, key=KEY)
    assert (answer.status, world.snapshot()) == (422, before)
    assert "idempotency key was used" in answer.body["title"]


def test_the_same_key_stands_for_a_return_of_each_order() -> None:
    first, second = (http.post_return(bought(monitor=1), key=KEY).body["returnId"] for _ in range(2))
    assert first != second


def test_without_a_key_every_request_is_a_return() -> None:
    order_id = bought(monitor=2)
    assert len({http.post_return(order_id).body["returnId"] for _ in range(2)}) == 2


def test_a_key_whose_return_was_erased_gets_an_answer_that_helps() -> None:
    order_id = bought(monitor=2)
    world.remove("SAGAS", orderId=http.post_return(order_id, key=KEY).body["returnId"])
    assert http.post_return(order_id, key=KEY).status == 410


def test_a_key_whose_return_was_erased_gets_the_same_answer_if_nothing_is_left() -> None:
    order_id = bought(monitor=1)
    world.remove("SAGAS", orderId=http.post_return(order_id, key=KEY).body["returnId"])
    assert http.post_return(order_id, key=KEY).status == 410


def test_an_erased_return_hides_no_other() -> None:
    order_id = bought(monitor=2)
    world.remove("SAGAS", orderId=world.returned(order_id))
    kept = world.returned(order_id)
    assert [each["returnId"] for each in shown(order_id)] == [kept]


# --- Concurrency ---------------------------------------------------------------------------------------------------


def test_of_two_concurrent_returns_of_the_last_piece_one_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id, statuses = bought(monitor=1), list[int]()
    happens = lambda: statuses.append(http.post_return(order_id).status)  # noqa: E731
    meanwhile.before_recording(monkeypatch, "OrderReturnAccepted#1", happens)
    statuses.append(http.post_return(order_id).status)
    assert (statuses, len(shown(order_id))) == ([202, 409], 1)


def test_two_concurrent_returns_of_different_pieces_are_both_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id, statuses = bought(monitor=1, laptop=1), list[int]()
    happens = lambda: statuses.append(http.post_return(order_id, items(laptop=1)).status)  # noqa: E731
    meanwhile.before_recording(monkeypatch, "OrderReturnAccepted#1", happens)
    statuses.append(http.post_return(order_id).status)
    assert (statuses, len(shown(order_id))) == ([202, 202], 2)
    assert [event.type for event in eventlog.history(order_id)][-2:] == [
        "OrderReturnAccepted#1",
        "OrderReturnAccepted#2",
    ]


def test_two_concurrent_requests_with_one_key_are_one_return(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id, first = bought(monitor=2), list[http.Answer]()
    happens = lambda: first.append(http.post_return(order_id, key=KEY))  # noqa: E731
    meanwhile.before_recording(monkeypatch, "OrderReturnAccepted#1", happens)
    second = http.post_return(order_id, key=KEY)
    assert (second.body, second.headers["Idempotency-Replayed"]) == (first[0].body, "true")
    assert len(shown(order_id)) == 1


def test_a_request_that_is_repeated_while_the_first_one_takes_the_last_piece_is_one_return(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order_id, first, real = bought(monitor=1), list[http.Answer](), store.read

    def read(saga_id: str, kind: str = "order") -> Item:
        try:
            return real(saga_id, kind)
        finally:
            if kind == "return" and not first:  # just after the second request found no such return
                monkeypatch.setattr(store, "read", real)
                first.append(http.post_return(order_id, key=KEY))

    monkeypatch.setattr(store, "read", read)
    second = http.post_return(order_id, key=KEY)
    assert (second.status, second.body) == (202, first[0].body)


def test_a_return_that_others_overtake_all_the_time_is_asked_to_retry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(returns, "AT_MOST", 2)
    order_id, real = bought(monitor=9), dynamodb.client.transact_write_items

    def overtaken(**request: Any) -> Any:
        with monkeypatch.context() as patch:
            patch.setattr(dynamodb.client, "transact_write_items", real)
            patch.setattr(returns, "AT_MOST", 100)
            world.returned(order_id)
        return real(**request)

    monkeypatch.setattr(dynamodb.client, "transact_write_items", overtaken)
    assert http.post_return(order_id).status == 503
