"""A step that `saga` does not know: its events say what it did, so every view shows it, even without a history."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from saga.graph import Outcome, StateStatus
from saga.orders.actions import preview_cancel, preview_resume
from saga.orders.comparison import compare
from saga.orders.effects import effects
from saga.orders.reader import read
from saga.orders.record import Record, of_json, to_json
from saga.orders.states import source, statuses
from saga.orders.timeline import timeline
from saga.orders.view import view
from saga.reconcile.invariants import violations
from saga.stack.legacy import ATTRIBUTES
from sagakit import eventlog, guard
from sagakit.decision import cancel, confirm, fail
from sagakit.errors import BusinessError
from sagakit.event import Event, History
from sagakit.parking import park
from sagakit.reason import Reason
from sagakit.step import Change, Compensation, Step
from sagas import ORDER
from statemachine.states import definition
from tests.support import steps, world
from tests.support.lambdas import Context
from tests.unit.saga.orders import recorded

SUCCEEDED, CAUGHT, FAILED = StateStatus(Outcome.SUCCEEDED), StateStatus(Outcome.CAUGHT), StateStatus(Outcome.FAILED)


class Undeliverable(BusinessError):
    """No van carries that much."""


BOOK = Step("BookShipment", event="ShipmentBooked", refusals={Undeliverable: "ShipmentRejected"})
VOID = Compensation("VoidShipment", event="ShipmentVoided", undoes=BOOK)
SHIPPED = replace(ORDER, steps=(*ORDER.steps, (BOOK, VOID)), execution_seconds=400, deadline_seconds=500)


@BOOK
def book(history: History) -> Change:
    """Book a van, if one carries it all."""
    pieces = sum(line["quantity"] for line in history.start.detail["items"])
    if pieces > 2:
        raise Undeliverable(f"{pieces} pieces wanted, a van carries 2")
    return Change({"pieces": pieces})


@VOID
def void(booked: Event | None) -> Change:
    """Send the van away."""
    return Change({"pieces": booked.detail["pieces"] if booked else 0})


@pytest.fixture(autouse=True)
def shipped(monkeypatch: pytest.MonkeyPatch, world: None) -> None:  # noqa: ARG001
    """Give every saga the new step."""
    monkeypatch.setattr("sagakit.event.named", lambda _name: SHIPPED)


def run(step: Any, order_id: str) -> None:
    step({"orderId": order_id}, Context())


def paid(quantity: int = 2) -> str:
    order_id = world.placed(quantity=quantity)
    steps.reserve(order_id)
    steps.process(order_id)
    return order_id


def confirmed() -> str:
    order_id = paid()
    run(book, order_id)
    confirm(order_id)
    return order_id


def refused() -> str:
    order_id = paid(quantity=3)
    with pytest.raises(Undeliverable):
        run(book, order_id)
    cancel(order_id, Reason("Undeliverable", "3 pieces wanted, a van carries 2"))
    return order_id


def failed() -> str:
    order_id = refused()
    run(void, order_id)
    steps.undo(order_id)
    fail(order_id, {})
    return order_id


def parked() -> str:
    order_id = paid()
    run(book, order_id)
    cancel(order_id, Reason("Stopped", "by hand"))
    steps.undo(order_id)
    park(eventlog.history(order_id), guard.read(order_id), {"VoidShipment": "TransientError"}, state="FailOrder")
    return order_id


def record(order_id: str) -> Record:
    """Return the record of the order, as if AWS kept no executions."""
    empty = replace(recorded.record("confirmed"), definition=definition(SHIPPED), executions=(), events=())
    stack = recorded.deployed(replace(empty, order_id="another", order={**empty.order, "orderId": "another"}))
    return read(stack, order_id)


def reached(order_id: str) -> dict[str, StateStatus]:
    found = record(order_id)
    assert source(found) == "events"
    return {state: status for state, status in statuses(found).items() if status != StateStatus()}


def test_a_confirmed_order_shows_the_new_state_as_succeeded() -> None:
    states = ("ReserveInventory", "ProcessPayment", "BookShipment", "ConfirmOrder")
    assert reached(confirmed()) == dict.fromkeys(states, SUCCEEDED)


def test_a_failed_order_shows_the_refusal_and_the_compensations() -> None:
    undone = ("CancelOrder", "VoidShipment", "RefundPayment", "ReleaseInventory", "FailOrder")
    assert reached(failed()) == {
        **dict.fromkeys(("ReserveInventory", "ProcessPayment", *undone), SUCCEEDED),
        "BookShipment": CAUGHT,
        "OrderFailed": FAILED,
    }


def test_a_parked_order_shows_where_it_stopped() -> None:
    found = reached(parked())
    assert (found["FailOrder"], found["CompensationIncomplete"]) == (CAUGHT, FAILED)
    assert "VoidShipment" not in found


def test_the_path_has_the_refusal() -> None:
    visited = {each["state"]: each for each in view(record(failed()))["path"]}
    refusal = visited["BookShipment"]
    assert (refusal["outcome"], refusal["error"]) == ("caught error", "Undeliverable")
    assert refusal["cause"] == "3 pieces wanted, a van carries 2"


def test_events_of_the_new_step_show_their_own_fields() -> None:
    booked = {each.event: each for each in effects(record(confirmed()))}["ShipmentBooked"]
    assert (booked.text, booked.states, booked.money, booked.stock) == ("pieces: 2", ("BookShipment",), 0, {})
    found = {each.event: each.text for each in effects(record(failed()))}
    assert found["ShipmentRejected"] == "nothing done: 3 pieces wanted, a van carries 2"
    assert found["ShipmentVoided"] == "pieces: 0"
    assert found["PaymentRefunded"] == "refunded 1049.97"


def test_a_detail_that_only_looks_like_a_parked_ones_does_not_break_the_list() -> None:
    found = record(confirmed())
    odd = tuple(replace(each, detail={"failures": 3, "notUndone": 0}) for each in found.events)
    texts = {each.event: each.text for each in effects(replace(found, events=odd))}
    assert texts["ShipmentBooked"] == "failures: 3, notUndone: 0"


@pytest.mark.parametrize("bring", [confirmed, failed, parked])
def test_money_and_stock_of_all_events_add_up(bring: Callable[[], str]) -> None:
    found = effects(record(bring()))
    kept = 69998 if bring is confirmed else 0
    assert sum(each.money for each in found) == kept
    assert sum(each.stock.get("monitor", 0) for each in found) == (-2 if kept else 0)


def test_cancelling_would_void_the_shipment_first() -> None:
    order_id = paid()
    run(book, order_id)
    assert preview_cancel(record(order_id))["steps"] == [
        "VoidShipment: undo ShipmentBooked (pieces: 2)",
        "RefundPayment: void or refund the payment of 699.98",
        "ReleaseInventory: release 2 monitor",
    ]


def test_resuming_would_void_the_shipment_only() -> None:
    assert preview_resume(record(parked()))["steps"] == ["VoidShipment: undo ShipmentBooked (pieces: 2)"]


def test_the_timeline_and_the_comparison_have_the_new_state() -> None:
    done, undone = record(confirmed()), record(failed())
    assert "BookShipment" in [bar.label for bar in timeline(done)]
    states = {each["state"]: each for each in compare(done, undone)["states"]}
    assert (states["BookShipment"]["a"]["outcome"], states["BookShipment"]["b"]["outcome"]) == (
        "succeeded",
        "caught error",
    )
    assert states["VoidShipment"]["a"] is None


@pytest.mark.parametrize("bring", [confirmed, failed, parked])
def test_an_export_round_trips(bring: Callable[[], str]) -> None:
    seen = record(bring())
    text = to_json(seen)
    assert of_json(text) == seen
    assert to_json(of_json(text)) == text


def test_an_export_has_attributes_only_for_events_of_new_steps() -> None:
    order_id = paid()
    run(book, order_id)
    exported = json.loads(to_json(record(order_id)))["events"]
    assert [{name: event[name] for name in ATTRIBUTES if name in event} for event in exported] == [
        *[{}] * 4,
        {"saga": "order", "state": "BookShipment", "outcome": "done"},
    ]


def test_the_invariants_hold_with_the_new_step() -> None:
    for bring in (confirmed, failed, parked):
        bring()
    assert violations(world.everything()) == []
