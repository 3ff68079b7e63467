"""What views make of a record: timeline, effects, the order at a glance, links, and two orders side by side."""

from collections import Counter
from dataclasses import replace

import pytest

from saga.graph import Outcome
from saga.orders.acting import would_cancel, would_resume
from saga.orders.api_view import minor
from saga.orders.diff import diff
from saga.orders.effects import effects
from saga.orders.links import links
from saga.orders.record import Record
from saga.orders.states import as_of
from saga.orders.timeline import timeline
from saga.orders.view import view
from tests.unit.saga.orders import recorded

TRACE = "1-6b021ef1-fbbb66b88cb0d5f131b27922"


def on_aws(record: Record) -> Record:
    stack = {**record.stack, "onEngine": False, "stateMachine": "arn:aws:states:eu-west-1:1:stateMachine:saga"}
    return replace(record, stack={**stack, "region": "eu-west-1"})


# --- Effects -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in recorded.NAMES if name != "parked"])
def test_the_money_of_all_events_is_what_the_gateway_took_and_kept(name: str) -> None:
    record = recorded.record(name)
    intent = (record.payment or {}).get("intent", {"taken": 0, "refunded": 0})
    assert sum(effect.money for effect in effects(record)) == minor(intent["taken"]) - minor(intent["refunded"])


@pytest.mark.parametrize("name", recorded.NAMES)
def test_what_an_order_that_is_not_confirmed_held_is_back_on_the_shelf(name: str) -> None:
    held = Counter[str]()
    for effect in effects(recorded.record(name)):
        held.update(effect.stock)
    wanted = {item["productId"]: -item["quantity"] for item in recorded.record(name).order["items"]}
    assert {product: pieces for product, pieces in held.items() if pieces} == (
        wanted if recorded.record(name).status == "CONFIRMED" else {}
    )


def test_each_event_is_told_in_words_with_the_states_that_made_it() -> None:
    told = {effect.event: (effect.words, effect.states) for effect in effects(recorded.record("resumed"))}
    assert told == {
        "OrderPlaced": ("2 monitor for 699.98", ()),
        "InventoryReserved": ("2 monitor held", ("ReserveInventory",)),
        "PaymentIntentRecorded": ("intent to take 699.98: no money moved yet", ("ProcessPayment",)),
        "OrderCancelling": ("to be undone: TransientError: the gateway did not answer in time", ("CancelOrder",)),
        "InventoryReleased": ("2 monitor back on the shelf", ("ReleaseInventory",)),
        "OrderParked#1": (
            "not undone: PaymentRefunded (RefundPayment: TransientError)",
            ("FailOrder", "CompensationIncomplete"),
        ),
        "OrderResumed#1": ("taken up again by operator: the gateway works again", ()),
        "PaymentRefunded": ("699.98 given back: it was taken, and no answer had come", ("RefundPayment",)),
        "OrderFailed": ("all is undone", ("FailOrder", "OrderFailed")),
    }


def test_money_that_was_taken_and_told_is_given_back() -> None:
    record = recorded.record("confirmed")
    refunded = recorded.event("PaymentRefunded", record.events[-1].at + 1, {"outcome": "refunded", "intentId": "pi"})
    *_, charged, _confirmed, undone = effects(replace(record, events=(*record.events, refunded)))
    assert (charged.money, undone.money, undone.words) == (129999, -129999, "1299.99 given back")


def test_an_event_of_a_step_that_is_not_known_here_is_told_in_its_own_terms() -> None:
    record = recorded.record("confirmed")
    booked = recorded.event("ShipmentBooked", 1, {"pieces": 2, "van": "\x1b[31mred"})
    (effect,) = effects(replace(record, events=(booked,)))
    assert (effect.words, effect.money, effect.stock, effect.states) == ("pieces: 2, van: \ufffd[31mred", 0, {}, ())


@pytest.mark.parametrize("name", recorded.NAMES)
def test_events_that_tell_nothing_are_told_all_the_same(name: str) -> None:
    record = recorded.record(name)
    silent = replace(record, events=tuple(replace(event, detail={}) for event in record.events))
    told = effects(silent)
    assert [effect.event for effect in told] == [event.type for event in record.events]
    assert all(effect.words and not effect.money and not effect.stock for effect in told)


# --- Timeline ------------------------------------------------------------------------------------------------------


def test_the_timeline_has_the_relay_the_attempts_and_the_waits_between_them() -> None:
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


def test_what_is_under_way_has_no_end_yet() -> None:
    record = recorded.record("flaky")
    failure = next(each["timestamp"] for each in record.executions[0].history if each["type"] == "TaskFailed")
    *_, attempt, wait = timeline(as_of(record, failure))
    assert (attempt.outcome, wait.kind, wait.ended) == (Outcome.FAILED, "wait", None)
    placed = replace(record.events[0], dispatched=False)
    (relay,) = timeline(replace(record, events=(placed,), executions=()))
    assert (relay.kind, relay.ended) == ("relay", None)


def test_where_executions_leave_nothing_events_are_the_bars() -> None:
    bars = timeline(replace(recorded.record("confirmed"), executions=()))
    assert [bar.label for bar in bars] == ["ReserveInventory", "ProcessPayment", "ConfirmOrder", "OrderConfirmed"]
    assert {bar.kind for bar in bars} == {"attempt"}


# --- At a glance ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "exit_code", "outcome"),
    [
        ("confirmed", 0, "confirmed"),
        ("declined", 1, "failed, and all is undone: PaymentDeclined: card_declined"),
        ("parked", 5, "parked, not undone is PaymentRefunded: TransientError: the gateway did not answer in time"),
    ],
)
def test_the_outcome_is_told_in_words_and_as_an_exit_code(name: str, exit_code: int, outcome: str) -> None:
    told = view(recorded.record(name))
    assert (told["exitCode"], told["outcome"], told["source"]) == (exit_code, outcome, "history")


def test_an_order_under_way_has_no_exit_code() -> None:
    record = recorded.record("confirmed")
    assert view(replace(record, order={**record.order, "status": "PENDING"}))["exitCode"] is None
    declined = recorded.record("declined")
    undoing = view(replace(declined, order={**declined.order, "status": "CANCELLING"}))
    assert (undoing["exitCode"], undoing["outcome"]) == (None, "being undone: PaymentDeclined: card_declined")


def test_the_path_has_each_visit_with_its_retries_and_its_error() -> None:
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


def test_the_engine_has_no_pages_to_link_to() -> None:
    assert links(recorded.record("confirmed")) == {}


def test_on_aws_the_execution_its_trace_and_its_logs_are_linked() -> None:
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


def test_where_aws_keeps_no_execution_only_the_logs_are_linked() -> None:
    assert links(replace(on_aws(recorded.record("confirmed")), executions=())).keys() == {"logs"}


# --- Side by side --------------------------------------------------------------------------------------------------


def test_two_orders_are_put_side_by_side() -> None:
    told = diff(recorded.record("flaky"), recorded.record("declined"))
    assert [order["status"] for order in told["orders"]] == ["CONFIRMED", "FAILED"]
    assert (told["samePath"], told["definition"]["changed"]) == (False, [])
    states = {each["state"]: each for each in told["states"]}
    paying = states["ProcessPayment"]
    assert (paying["a"]["retries"], paying["a"]["errors"]) == (2, ["TransientError", "TransientError"])
    assert (paying["b"]["outcome"], paying["b"]["errors"], paying["differs"]) == (
        "caught error",
        ["PaymentDeclined"],
        True,
    )
    assert (states["ReserveInventory"]["differs"], states["ConfirmOrder"]["b"]) == (False, None)


def test_an_order_does_not_differ_from_itself() -> None:
    told = diff(recorded.record("resumed"), recorded.record("resumed"))
    assert told["samePath"]
    assert not [each["state"] for each in told["states"] if each["differs"]]


def test_another_revision_of_the_definition_is_told_with_the_states_that_changed() -> None:
    record = recorded.record("confirmed")
    states = record.definition["States"]
    changed = {**states, "ConfirmOrder": {**states["ConfirmOrder"], "TimeoutSeconds": 9}}
    later = replace(record, definition={**record.definition, "States": changed})
    told = diff(record, later)["definition"]
    assert told["changed"] == ["ConfirmOrder"]
    assert told["revisions"][0] != told["revisions"][1]


# --- What an action would do ---------------------------------------------------------------------------------------


def test_cancelling_would_undo_what_was_done_so_far() -> None:
    record = recorded.record("confirmed")
    pending = replace(record, order={**record.order, "status": "PENDING"}, events=record.events[:-1])
    assert would_cancel(pending) == {
        "possible": True,
        "words": "it would be cancelled",
        "steps": [
            "RefundPayment: the payment of 1299.99 is voided, or given back",
            "ReleaseInventory: 1 laptop back on the shelf",
        ],
    }


@pytest.mark.parametrize(("name", "words"), [("confirmed", "returned"), ("declined", "FAILED"), ("parked", "PARKED")])
def test_what_is_decided_cannot_be_cancelled(name: str, words: str) -> None:
    told = would_cancel(recorded.record(name))
    assert (told["possible"], told["steps"]) == (False, [])
    assert words in told["words"]


def test_resuming_would_undo_what_is_not_undone() -> None:
    told = would_resume(recorded.record("parked"))
    assert (told["possible"], told["steps"]) == (
        True,
        ["RefundPayment: the payment of 699.98 is voided, or given back"],
    )


@pytest.mark.parametrize("name", ["confirmed", "resumed"])
def test_what_is_not_parked_cannot_be_resumed(name: str) -> None:
    assert not would_resume(recorded.record(name))["possible"]
