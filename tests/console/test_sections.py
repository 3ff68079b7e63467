"""The parts of an order's page, from recorded orders."""

import json
from dataclasses import replace

import pytest

from saga.console.sections import attempts as tried
from saga.console.sections import commands, doing, events, glance, logs, replay
from saga.orders.attempts import attempts
from saga.orders.effects import effects
from saga.orders.logs import LogLine
from saga.orders.states import moments
from tests.console.fake_source import AWS, ENGINE, record

EVIL = '"><script>alert(1)</script>'


def test_the_slider_tells_what_happened_at_its_moment() -> None:
    declined = record("declined")
    at = next(event.at for event in declined.events if event.type == "PaymentDeclined")
    assert "PaymentDeclined" in replay.position(declined, at)
    assert replay.position(declined, None).startswith("Latest: ")
    assert replay.position(declined, moments(declined)[0]).endswith("+0 ms: OrderPlaced")


def test_the_graph_is_as_it_was_at_its_moment() -> None:
    declined = record("declined")
    assert "ProcessPayment: Task, caught error" in replay.graph(declined, None)
    assert "ProcessPayment: Task, not reached" in replay.graph(declined, moments(declined)[0])


@pytest.mark.parametrize(
    ("name", "balance"),
    [
        ("confirmed", "1299.99 taken and 0.00 given back. The order holds 1 of laptop."),
        ("declined", "0.00 taken and 0.00 given back. The order holds no stock."),
        ("parked", "699.98 taken and 0.00 given back. The order holds no stock."),
        ("resumed", "699.98 taken and 699.98 given back. The order holds no stock."),
        ("out_of_stock", "no charge is on record. The order holds no stock."),
    ],
)
def test_what_all_events_come_to(name: str, balance: str) -> None:
    assert events.balance(record(name)).endswith(balance)


def test_without_the_gateways_ledger_the_events_tell_what_was_paid() -> None:
    confirmed = record("confirmed")
    assert "paid 1299.99" in events.balance(replace(confirmed, payment=None))


def test_an_event_shows_its_effect() -> None:
    shown = {each.event: events.event(each, 0) for each in effects(record("confirmed"))}
    assert "+1299.99 money" in shown["PaymentCharged"]
    assert "\N{MINUS SIGN}1 laptop" in shown["InventoryReserved"]


def test_each_attempt_has_its_input_output_and_error() -> None:
    found = attempts(record("flaky"))
    failed, worked = (each for each in found if each.state == "ProcessPayment" and each.number in (1, 3))
    shown = tried.attempt(failed, 0, anchor=True, begins=False)
    assert "TransientError" in shown
    assert "the gateway answered 503" in shown
    assert 'id="ProcessPayment"' in shown
    later = tried.attempt(worked, 0, anchor=False, begins=False)
    assert "ProcessPayment, attempt 3" in later
    assert "<h3>Output</h3>" in later


def test_attempts_are_told_apart() -> None:
    found = attempts(record("resumed"))
    assert len(tried.keyed(found)) == len(found)


def test_the_page_names_its_source() -> None:
    confirmed = record("confirmed")
    assert "the executions&#x27; histories" in glance.facts(confirmed)
    assert "our own events" in glance.facts(replace(confirmed, executions=()))


def test_commands_lead_to_the_same_stack_and_hold_no_secret() -> None:
    shown = commands.commands(record("declined"), AWS)
    assert f"saga order show {record('declined').order_id} --stack prod" in shown
    assert "curl -s https://api/orders/" in shown
    assert "pm_" not in shown
    assert "Token" not in shown


def test_a_parked_order_is_resumed_where_something_can_be_done() -> None:
    assert "Resume" in str(doing.parked(record("parked"), ENGINE))
    assert "gateway&#x27;s outage" in str(doing.parked(record("parked"), ENGINE))
    assert "<form" not in str(doing.parked(record("parked"), AWS))
    assert doing.parked(record("resumed"), ENGINE) is None


def test_only_a_pending_order_is_cancelled() -> None:
    confirmed = record("confirmed")
    pending = replace(confirmed, order={**confirmed.order, "status": "PENDING"})
    assert doing.cancel(confirmed, ENGINE) is None
    assert "Cancel the order" in str(doing.cancel(pending, ENGINE))
    assert doing.cancel(pending, AWS) is None


def test_a_log_line_opens_to_what_was_written() -> None:
    text = json.dumps({"level": "WARNING", "message": "step refused", "error": "PaymentDeclined"})
    shown = logs.line(LogLine(0, "ProcessPayment", "WARNING", "step refused", text))
    assert "step refused" in shown
    assert "PaymentDeclined" in shown
    assert "Traceback" in logs.line(LogLine(0, "ProcessPayment", "", "", "Traceback …"))


def test_what_comes_from_an_order_stays_text() -> None:
    declined = record("declined")
    order = {**declined.order, "customerId": EVIL, "reason": {"reason": EVIL, "cause": EVIL}}
    evil = replace(declined, order_id=EVIL, order={**order, "orderId": EVIL})
    line = LogLine(0, EVIL, EVIL, EVIL, EVIL)
    parts = (
        glance.headline(evil, ENGINE),
        glance.facts(evil),
        commands.commands(evil, ENGINE),
        logs.line(line),
        str(doing.parked(replace(evil, order={**record("parked").order, "orderId": EVIL}), ENGINE)),
    )
    for part in parts:
        assert "<script" not in part
        assert '""' not in part
