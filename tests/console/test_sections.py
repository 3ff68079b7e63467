"""The sections of an order's page, from recorded orders."""

import json
import re
from dataclasses import replace

import pytest

from payment.test_tokens import TEST_TOKENS
from saga.console.pages import new_order
from saga.console.sections import attempts, commands, events, forms, header, log_lines, return_list
from saga.console.time_travel import position
from saga.orders.attempts import visits
from saga.orders.logs import LogLine
from saga.orders.record import Record
from saga.orders.states import moments
from tests.console.fake_source import AWS, ENGINE, PRODUCTS, paused, record

EVIL = '"><script>alert(1)</script>'


def test_the_slider_says_what_happened_at_its_moment() -> None:
    declined = record("declined")
    at = next(event.at for event in declined.events if event.type == "PaymentDeclined")
    assert "PaymentDeclined" in position(declined, at)
    assert position(declined, None).startswith("Latest: ")
    assert position(declined, moments(declined)[0]).endswith("+0 ms: OrderPlaced")


@pytest.mark.parametrize(
    ("name", "balance"),
    [
        ("confirmed", "1299.99 charged and 0.00 refunded. The order holds 1 \N{MULTIPLICATION SIGN} laptop."),
        ("declined", "0.00 charged and 0.00 refunded. The order holds no stock."),
        ("parked", "699.98 charged and 0.00 refunded. The order holds no stock."),
        ("resumed", "699.98 charged and 699.98 refunded. The order holds no stock."),
        ("out_of_stock", "no charge is on record. The order holds no stock."),
    ],
)
def test_the_balance_sums_up_all_events(name: str, balance: str) -> None:
    assert events.balance(record(name)).endswith(balance)


def test_without_a_ledger_the_balance_comes_from_the_events() -> None:
    confirmed = record("confirmed")
    assert "paid 1299.99" in events.balance(replace(confirmed, payment=None))


def test_an_event_shows_its_effect() -> None:
    shown = events.rows(record("confirmed"))
    assert "+1299.99 money" in shown["PaymentCharged"]
    assert "-1 laptop" in shown["InventoryReserved"]


def test_an_attempt_shows_its_output_or_its_error() -> None:
    shown = [row for row in attempts.rows(record("flaky")).values() if "ProcessPayment" in row]
    failed, succeeded = shown[0], shown[2]
    assert "TransientError" in failed
    assert "the gateway answered 503" in failed
    assert 'id="ProcessPayment"' in failed
    assert 'id="ProcessPayment"' not in succeeded
    assert "ProcessPayment, attempt 3" in succeeded
    assert "<h3>Output</h3>" in succeeded


def test_attempts_of_different_executions_are_distinct() -> None:
    resumed = record("resumed")
    rows = attempts.rows(resumed).values()
    assert len(rows) == sum(map(len, visits(resumed)))
    assert sum('id="RefundPayment"' in row for row in rows) == 1
    assert sum(">RefundPayment" in row for row in rows) > 1
    assert sum("Execution " in row for row in rows) == 2


def test_the_page_names_its_source() -> None:
    confirmed = record("confirmed")
    assert "execution history" in header.summary(confirmed)
    assert "no execution has a history" in header.summary(replace(confirmed, executions=()))


def test_commands_use_the_same_stack_and_contain_no_secret() -> None:
    shown = commands.commands(record("declined"), AWS)
    assert f"saga order show {record('declined').order_id} --stack prod" in shown
    assert "curl -s https://api/orders/" in shown
    assert "pm_" not in shown
    assert "Token" not in shown


def test_a_parked_order_can_be_resumed_unless_the_console_is_read_only() -> None:
    assert "Resume" in str(forms.parked(record("parked"), ENGINE))
    assert "Restore the gateway" in str(forms.parked(record("parked"), ENGINE))
    assert "<form" not in str(forms.parked(record("parked"), AWS))
    assert forms.parked(record("resumed"), ENGINE) is None


def test_a_paused_order_says_what_it_waits_for_and_can_be_tried_again_now() -> None:
    shown = str(forms.paused(paused(), ENGINE))
    assert "ProcessPayment waits (TransientError: 503). 2 failed attempts since <time" in shown
    assert "next attempt <time" in shown
    assert "data-wait" in shown
    assert "Resume" in shown
    assert "<form" not in str(forms.paused(paused(), AWS))
    assert forms.paused(record("flaky"), ENGINE) is None


def test_a_paused_order_that_is_being_tried_again_has_nothing_to_resume() -> None:
    shown = str(forms.paused(paused(wait=None), ENGINE))
    assert "trying again now" in shown
    assert "<form" not in shown


def test_only_an_order_that_waits_has_the_command_that_resumes_it() -> None:
    for order, waits in ((paused(), True), (paused(wait=None), False), (record("parked"), True)):
        assert ("saga order resume" in commands.commands(order, ENGINE)) is waits


def test_an_execution_that_paused_its_order_is_shown_as_paused() -> None:
    confirmed = record("confirmed")
    (execution,) = confirmed.executions
    ended = replace(execution, output={"orderId": confirmed.order_id, "status": "PAUSED"})
    assert "</code> paused" in header.summary(replace(confirmed, executions=(ended,)))
    assert "</code> succeeded" in header.summary(confirmed)


def test_only_a_pending_order_can_be_cancelled() -> None:
    confirmed = record("confirmed")
    pending = replace(confirmed, order={**confirmed.order, "status": "PENDING"})
    assert forms.cancel(confirmed, ENGINE) is None
    assert "Cancel the order" in str(forms.cancel(pending, ENGINE))
    assert forms.cancel(pending, AWS) is None


def test_a_log_line_opens_to_the_text_that_was_logged() -> None:
    text = json.dumps({"level": "WARNING", "message": "step refused", "error": "PaymentDeclined"})
    shown = log_lines.row(LogLine(0, "ProcessPayment", "WARNING", "step refused", text))
    assert "step refused" in shown
    assert "PaymentDeclined" in shown
    assert "Traceback" in log_lines.row(LogLine(0, "ProcessPayment", "", "", "Traceback …"))


def test_the_form_offers_every_payment_of_the_simulated_gateway() -> None:
    form = new_order._form(PRODUCTS, {})  # noqa: SLF001 - the page needs a browser
    assert set(re.findall(r'value="(pm_\w+)"', form)) == TEST_TOKENS.keys()


def returned(status: str = "PENDING", **more: object) -> Record:
    """Return a return of the confirmed order, as its own record."""
    order = record("confirmed").order
    view = {name: order[name] for name in ("createdAt", "updatedAt")} | {"kind": "return", "status": status}
    items = [{"productId": "laptop", "quantity": 1}]
    view |= {"orderId": "r-1", "returnOf": order["orderId"], "items": items, "refundAmount": 1299.99, **more}
    return replace(record("confirmed"), order_id="r-1", order=view, events=(), executions=())


def test_a_return_is_shown_with_its_order_and_cannot_be_cancelled() -> None:
    shown, order_id = header.summary(returned(text="too loud")), record("confirmed").order_id
    assert all(each in shown for each in (f"/orders/{order_id}", "1299.99", "too loud"))
    assert "Customer" not in shown
    assert "Return " in header.headline(returned(), ENGINE)
    assert forms.cancel(returned(), ENGINE) is None
    assert "order cancel" not in commands.commands(returned(), ENGINE)
    assert f"/orders/{order_id}/returns" in commands.commands(returned(), ENGINE)


def test_a_parked_return_says_what_is_not_done() -> None:
    mark = {"at": record("confirmed").order["updatedAt"], "done": [], "failures": {"RefundReturn": "AmountDiffers"}}
    shown = str(forms.parked(returned(parked={**mark, "notDone": ["ReturnRefunded"]}), ENGINE))
    assert "RefundReturn failed with AmountDiffers. Not done: ReturnRefunded." in shown
    assert "resume the return" in shown


def test_an_order_lists_its_returns_and_no_longer_holds_what_came_back() -> None:
    assert return_list.listing(record("confirmed")) == ""
    with_return = replace(record("confirmed"), returns=(returned("CONFIRMED").order,))
    assert all(each in return_list.listing(with_return) for each in ("CONFIRMED", "/orders/r-1", "laptop", "1299.99"))
    assert events.balance(with_return).endswith("The order holds no stock.")
    assert "has paid 0.00" in events.balance(replace(with_return, payment=None))


def test_a_transaction_has_no_executions_and_an_address_of_its_own() -> None:
    order = {**record("confirmed").order, "kind": "transaction", "status": "PENDING"}
    bought = replace(record("confirmed"), order=order, executions=())
    assert "none: queues coordinate it" in header.summary(bought)
    assert "Cancel the transaction" in str(forms.cancel(bought, ENGINE))
    assert f"/transactions/{bought.order_id}" in commands.commands(bought, ENGINE)
    assert "Place another order" not in commands.commands(bought, ENGINE)


def test_text_from_an_order_stays_text() -> None:
    declined = record("declined")
    order = {**declined.order, "customerId": EVIL, "reason": {"reason": EVIL, "cause": EVIL}}
    evil = replace(declined, order_id=EVIL, order={**order, "orderId": EVIL})
    mark = {**paused().order["paused"], **dict.fromkeys(("state", "reason", "cause"), EVIL)}
    parts = (
        header.headline(evil, ENGINE),
        header.summary(returned(text=EVIL, returnOf=EVIL)),
        return_list.listing(replace(evil, returns=(returned(orderId=EVIL).order,))),
        header.summary(evil),
        commands.commands(evil, ENGINE),
        log_lines.row(LogLine(0, EVIL, EVIL, EVIL, EVIL)),
        str(forms.paused(replace(evil, order={**evil.order, "paused": mark}), ENGINE)),
        str(forms.parked(replace(evil, order={**record("parked").order, "orderId": EVIL}), ENGINE)),
    )
    for part in parts:
        assert "<script" not in part
        assert '""' not in part
