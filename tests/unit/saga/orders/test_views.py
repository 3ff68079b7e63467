"""Views of a record: effects, timeline, the order at a glance, links, comparison and previews."""

from collections import Counter
from dataclasses import replace

import pytest

from saga.graph import Outcome
from saga.orders.actions import preview_cancel, preview_resume
from saga.orders.comparison import compare
from saga.orders.effects import effects
from saga.orders.links import links
from saga.orders.record import Record
from saga.orders.states import as_of
from saga.orders.timeline import timeline
from saga.orders.view import view
from saga.text.money import minor
from tests.unit.saga.orders import recorded

NOT_UNDONE = "void or refund the payment of 699.98 (RefundPayment: TransientError)"
TIMEOUT = "TransientError: the gateway did not answer in time"
TRACE = "1-6b021ef1-fbbb66b88cb0d5f131b27922"


def on_aws(record: Record) -> Record:
    stack = {**record.stack, "onEngine": False, "stateMachine": "arn:aws:states:eu-west-1:1:stateMachine:saga"}
    return replace(record, stack={**stack, "region": "eu-west-1"})


# --- Effects -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in recorded.NAMES if name != "parked"])
def test_the_money_of_all_events_is_what_the_gateway_kept(name: str) -> None:
    record = recorded.record(name)
    intent = (record.payment or {}).get("intent", {"taken": 0, "refunded": 0})
    assert sum(effect.money for effect in effects(record)) == minor(intent["taken"]) - minor(intent["refunded"])


@pytest.mark.parametrize("name", recorded.NAMES)
def test_an_order_that_is_not_confirmed_holds_no_stock(name: str) -> None:
    held = Counter[str]()
    for effect in effects(recorded.record(name)):
        held.update(effect.stock)
    wanted = {item["productId"]: -item["quantity"] for item in recorded.record(name).order["items"]}
    assert {product: pieces for product, pieces in held.items() if pieces} == (
        wanted if recorded.record(name).status == "CONFIRMED" else {}
    )


def test_each_event_has_a_text_and_its_states() -> None:
    found = {effect.event: (effect.text, effect.states) for effect in effects(recorded.record("resumed"))}
    assert found == {
        "OrderPlaced": ("2 monitor for 699.98", ()),
        "InventoryReserved": ("reserved 2 monitor", ("ReserveInventory",)),
        "PaymentIntentRecorded": ("about to charge 699.98: no money has moved yet", ("ProcessPayment",)),
        "OrderCancelling": (f"cancelled: {TIMEOUT}", ("CancelOrder",)),
        "InventoryReleased": ("released 2 monitor", ("ReleaseInventory",)),
        "OrderParked#1": (
            "RefundPayment failed (TransientError), not undone: PaymentRefunded",
            ("FailOrder", "CompensationIncomplete"),
        ),
        "OrderResumed#1": ("resumed by operator: the gateway works again", ()),
        "PaymentRefunded": ("refunded 699.98, which the gateway had charged without answering", ("RefundPayment",)),
        "OrderFailed": ("everything is undone", ("FailOrder", "OrderFailed")),
    }


def test_a_recorded_charge_is_refunded() -> None:
    record = recorded.record("confirmed")
    refunded = recorded.event("PaymentRefunded", record.events[-1].at + 1, {"outcome": "refunded", "intentId": "pi"})
    *_, charged, _confirmed, undone = effects(replace(record, events=(*record.events, refunded)))
    assert (charged.money, undone.money, undone.text) == (129999, -129999, "refunded 1299.99")


def test_a_wrong_charge_is_told_and_what_was_given_back_of_it() -> None:
    record = recorded.record("declined")
    detail, at = {"amount": 699.98, "charged": 0.01, "cause": "pi_1 is wrong"}, record.events[-1].at
    wrong = recorded.event("PaymentMismatched", at + 1, detail, saga="order", state="ProcessPayment", outcome="refused")
    refunded = recorded.event("PaymentRefunded", at + 2, {"outcome": "refunded", "amount": 0.01})
    told, back = effects(replace(record, events=(wrong, refunded)))
    assert (told.text, told.money) == ("charged 0.01 instead of 699.98: pi_1 is wrong", 1)
    assert (back.text, back.money) == ("refunded 0.01", -1)


def test_an_unknown_event_shows_its_own_fields() -> None:
    record = recorded.record("confirmed")
    booked = recorded.event("ShipmentBooked", 1, {"pieces": 2, "van": "\x1b[31mred"})
    (effect,) = effects(replace(record, events=(booked,)))
    assert (effect.text, effect.money, effect.stock, effect.states) == ("pieces: 2, van: \ufffd[31mred", 0, {}, ())


@pytest.mark.parametrize("name", recorded.NAMES)
def test_events_without_details_have_a_text(name: str) -> None:
    record = recorded.record(name)
    found = effects(replace(record, events=tuple(replace(event, detail={}) for event in record.events)))
    assert [effect.event for effect in found] == [event.type for event in record.events]
    assert all(effect.text and not effect.money and not effect.stock for effect in found)


# --- Timeline ------------------------------------------------------------------------------------------------------


def test_the_timeline_has_the_relay_attempts_and_waits() -> None:
    record = recorded.record("flaky")
    bars = timeline(record)
    assert [(bar.label, bar.kind, bar.note) for bar in bars] == [
        ("OrderPlaced", "relay", "from the event to the start of its execution"),
        ("ReserveInventory", "attempt", ""),
        ("ProcessPayment", "attempt", "TransientError: the gateway answered 503"),
        ("ProcessPayment", "wait", "before attempt 2"),
        ("ProcessPayment", "attempt", "TransientError: the gateway answered 503"),
        ("ProcessPayment", "wait", "before attempt 3"),
        ("ProcessPayment", "attempt", ""),
        ("ConfirmOrder", "attempt", ""),
        ("OrderConfirmed", "attempt", ""),
    ]
    assert (bars[0].started, bars[0].ended) == (record.events[0].at, record.executions[0].started)
    assert all(bar.ended is not None and bar.ended >= bar.started for bar in bars)


def test_a_resumed_order_waited_for_the_relay_twice() -> None:
    relays = [bar.label for bar in timeline(recorded.record("resumed")) if bar.kind == "relay"]
    assert relays == ["OrderPlaced", "OrderResumed#1"]


def test_what_is_running_has_no_end() -> None:
    record = recorded.record("flaky")
    failure = next(each["timestamp"] for each in record.executions[0].history if each["type"] == "TaskFailed")
    *_, attempt, wait = timeline(as_of(record, failure))
    assert (attempt.outcome, wait.kind, wait.ended) == (Outcome.FAILED, "wait", None)
    pending = replace(record, order={**record.order, "status": "PENDING"}, executions=())
    (relay,) = timeline(replace(pending, events=record.events[:1]))
    assert (relay.kind, relay.ended) == ("relay", None)


def test_without_executions_the_bars_come_from_events() -> None:
    bars = timeline(replace(recorded.record("confirmed"), executions=()))
    assert [bar.label for bar in bars] == ["ReserveInventory", "ProcessPayment", "ConfirmOrder", "OrderConfirmed"]
    assert {bar.kind for bar in bars} == {"attempt"}


# --- At a glance ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "exit_code", "outcome"),
    [
        ("confirmed", 0, "confirmed"),
        ("declined", 1, "everything is undone: PaymentDeclined: card_declined"),
        ("parked", 5, f"could not {NOT_UNDONE}. Cancelled because: {TIMEOUT}"),
    ],
)
def test_the_outcome_has_a_text_and_an_exit_code(name: str, exit_code: int, outcome: str) -> None:
    found = view(recorded.record(name))
    assert (found["exitCode"], found["outcome"], found["source"]) == (exit_code, outcome, "history")


def test_what_a_customer_wrote_is_shown_to_the_operator() -> None:
    record = recorded.record("declined")
    reason = {"reason": "CustomerCancelled", "cause": "", "text": "ordered twice"}
    written = [replace(event, detail=reason) if event.outcome == "cancelling" else event for event in record.events]
    cancelled = replace(record, order={**record.order, "reason": reason}, events=tuple(written))
    assert view(cancelled)["outcome"] == "everything is undone: CustomerCancelled: ordered twice"
    assert "cancelled: CustomerCancelled: ordered twice" in [effect.text for effect in effects(cancelled)]


def test_an_order_in_progress_has_no_exit_code() -> None:
    record = recorded.record("confirmed")
    assert view(replace(record, order={**record.order, "status": "PENDING"}))["exitCode"] is None
    declined = recorded.record("declined")
    undoing = view(replace(declined, order={**declined.order, "status": "CANCELLING"}))
    assert (undoing["exitCode"], undoing["outcome"]) == (None, "being undone: PaymentDeclined: card_declined")


def test_the_path_has_the_retries_and_the_error_of_each_visit() -> None:
    path = view(recorded.record("parked"))["path"]
    assert [(each["state"], each["outcome"], each["retries"], each["error"]) for each in path] == [
        ("ReserveInventory", "succeeded", 0, None),
        ("ProcessPayment", "caught error", 3, "TransientError"),
        ("CancelOrder", "succeeded", 0, None),
        ("RefundPayment", "caught error", 7, "TransientError"),
        ("ReleaseInventory", "succeeded", 0, None),
        ("FailOrder", "caught error", 0, "CompensationIncomplete"),
        ("CompensationIncomplete", "failed", 0, "CompensationIncomplete"),
    ]


# --- Links ---------------------------------------------------------------------------------------------------------


def test_the_engine_has_no_links() -> None:
    assert links(recorded.record("confirmed")) == {}


def test_on_aws_there_are_links_to_the_execution_the_trace_and_the_logs() -> None:
    record = on_aws(recorded.record("confirmed"))
    traced = replace(record, executions=(replace(record.executions[0], trace=TRACE),))
    console = "https://eu-west-1.console.aws.amazon.com"
    found = links(traced)
    arn = f"arn:aws:states:eu-west-1:1:execution:saga:{record.order_id}-OrderPlaced"
    assert found["execution"] == f"{console}/states/home?region=eu-west-1#/v2/executions/details/{arn}"
    assert found["trace"] == f"{console}/cloudwatch/home?region=eu-west-1#xray:traces/{TRACE}"
    assert found["logs"].startswith(f"{console}/cloudwatch/home?region=eu-west-1#logsV2:logs-insights$3FqueryDetail$3D")
    assert record.order_id in found["logs"]
    assert "*2faws*2flambda*2forder-saga-dev-RefundPayment".lower() in found["logs"].lower()


def test_the_logs_of_an_express_order_contain_the_history_of_its_executions() -> None:
    record = on_aws(recorded.record("confirmed"))
    express = links(replace(record, stack={**record.stack, "workflowType": "EXPRESS"}))
    assert "vendedlogs*2fstates*2forder-saga-dev-OrderSaga".lower() in express["logs"].lower()
    assert "vendedlogs" not in links(record)["logs"]


def test_without_an_execution_there_is_a_link_to_the_logs() -> None:
    assert links(replace(on_aws(recorded.record("confirmed")), executions=())).keys() == {"logs"}


# --- Comparison ----------------------------------------------------------------------------------------------------


def test_two_orders_are_compared() -> None:
    found = compare(recorded.record("flaky"), recorded.record("declined"))
    assert [order["status"] for order in found["orders"]] == ["CONFIRMED", "FAILED"]
    assert (found["samePath"], found["definition"]["changed"]) == (False, [])
    states = {each["state"]: each for each in found["states"]}
    paying = states["ProcessPayment"]
    assert (paying["a"]["retries"], paying["a"]["errors"]) == (2, ["TransientError", "TransientError"])
    assert (paying["b"]["outcome"], paying["b"]["errors"], paying["differs"]) == (
        "caught error",
        ["PaymentDeclined"],
        True,
    )
    assert (states["ReserveInventory"]["differs"], states["ConfirmOrder"]["b"]) == (False, None)


def test_an_order_does_not_differ_from_itself() -> None:
    found = compare(recorded.record("resumed"), recorded.record("resumed"))
    assert found["samePath"]
    assert not [each["state"] for each in found["states"] if each["differs"]]


def test_another_revision_of_the_definition_lists_the_changed_states() -> None:
    record = recorded.record("confirmed")
    states = record.definition["States"]
    changed = {**states, "ConfirmOrder": {**states["ConfirmOrder"], "TimeoutSeconds": 9}}
    later = replace(record, definition={**record.definition, "States": changed})
    found = compare(record, later)["definition"]
    assert found["changed"] == ["ConfirmOrder"]
    assert found["revisions"][0] != found["revisions"][1]


# --- Previews ------------------------------------------------------------------------------------------------------


def test_cancelling_would_undo_what_is_done() -> None:
    record = recorded.record("confirmed")
    pending = replace(record, order={**record.order, "status": "PENDING"}, events=record.events[:-1])
    assert preview_cancel(pending) == {
        "possible": True,
        "words": "The order would be cancelled, and these compensations would run:",
        "steps": [
            "RefundPayment: void or refund the payment of 1299.99",
            "ReleaseInventory: release 1 laptop",
        ],
    }


@pytest.mark.parametrize(("name", "text"), [("confirmed", "returned"), ("declined", "FAILED"), ("parked", "PARKED")])
def test_a_decided_order_cannot_be_cancelled(name: str, text: str) -> None:
    preview = preview_cancel(recorded.record(name))
    assert (preview["possible"], preview["steps"], text in preview["words"]) == (False, [], True)


def test_resuming_would_undo_what_is_not_undone() -> None:
    preview = preview_resume(recorded.record("parked"))
    assert (preview["possible"], preview["steps"]) == (True, ["RefundPayment: void or refund the payment of 699.98"])


@pytest.mark.parametrize("name", ["confirmed", "resumed"])
def test_an_order_that_is_not_parked_cannot_be_resumed(name: str) -> None:
    assert not preview_resume(recorded.record(name))["possible"]
