"""The pages in a real Chromium."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from saga.console.sources.exported import FileSource
from saga.failures import Failure, Unreachable
from saga.operations.circuit import Breaker
from saga.operations.overdue import Overdue
from saga.orders.logs import LogLine
from saga.orders.record import to_json
from saga.text.durations import MINUTE
from saga.text.times import now
from tests.console.fake_source import AWS, PRODUCTS, FakeSource, outbox_event, parked_order, paused, record
from tests.console.serving import Served

DECLINED = record("declined")
PARKED = record("parked")
EVIL = "<script>document.title='hacked'</script><img src=x onerror=\"document.title='hacked'\">"


def state(page: Page, name: str) -> Locator:
    """Return a state of the graph."""
    return page.locator(f"svg.saga-graph a[href='#{name}']")


def open_order(page: Page, name: str = "declined", query: str = "") -> None:
    page.goto(f"/orders/{record(name).order_id}{query}")
    expect(page.locator("svg.saga-graph")).to_be_visible()


def test_a_declined_order_shows_the_caught_error_and_the_compensations(page: Page) -> None:
    open_order(page)
    expect(state(page, "ProcessPayment")).to_have_class("caught")
    expect(state(page, "RefundPayment")).to_have_class("succeeded")
    expect(state(page, "ReleaseInventory")).to_have_class("succeeded")
    expect(page.locator(".outcome")).to_contain_text("PaymentDeclined: card_declined")


def test_the_slider_moves_the_graph_back_in_time(page: Page) -> None:
    open_order(page)
    slider = page.get_by_role("slider", name="Moment of the order")
    slider.press("Home")
    for name in ("ProcessPayment", "RefundPayment", "ReleaseInventory"):
        expect(state(page, name)).to_have_class("not_reached")
    expect(page.locator(".position")).to_contain_text("OrderPlaced")
    expect(page.locator("#events .event.later")).to_have_count(len(DECLINED.events) - 1)
    slider.press("End")
    expect(state(page, "RefundPayment")).to_have_class("succeeded")
    expect(page.locator("#events .event.later")).to_have_count(0)


def test_the_slider_is_in_the_url(page: Page) -> None:
    at = next(event.at for event in DECLINED.events if event.type == "PaymentDeclined")
    open_order(page, query=f"?at={at}")
    expect(state(page, "RefundPayment")).to_have_class("not_reached")
    expect(page.locator(".position")).to_contain_text("PaymentDeclined")
    page.get_by_role("button", name="Previous event").click()
    page.wait_for_url(lambda url: f"at={at}" not in url)
    page.get_by_role("button", name="Latest event").click()
    page.wait_for_url(lambda url: "at=" not in url)


def test_an_event_links_to_its_moment(page: Page) -> None:
    open_order(page)
    page.get_by_role("link", name="InventoryReserved").click()
    expect(page.locator(".position")).to_contain_text("InventoryReserved")
    expect(state(page, "RefundPayment")).to_have_class("not_reached")


def test_a_state_of_the_graph_links_to_its_attempts(page: Page) -> None:
    open_order(page)
    state(page, "ProcessPayment").click()
    attempt = page.locator("details#ProcessPayment")
    expect(attempt).to_have_attribute("open", "")
    expect(attempt.get_by_role("group", name="Error")).to_contain_text("card_declined")
    expect(attempt.get_by_role("group", name="Input")).to_contain_text(DECLINED.order_id)


def test_a_running_order_is_updated_without_reloading(page: Page, source: FakeSource) -> None:
    early = replace(DECLINED, executions=(), events=DECLINED.events[:1], order={**DECLINED.order, "status": "PENDING"})
    source.records = [early]
    open_order(page)
    expect(page.locator(".outcome")).to_contain_text("PENDING")
    expect(state(page, "RefundPayment")).to_have_class("not_reached")
    source.records = [DECLINED]
    expect(page.locator(".outcome")).to_contain_text("FAILED")
    expect(state(page, "RefundPayment")).to_have_class("succeeded")


def test_a_slider_that_was_moved_back_stays_while_the_order_continues(page: Page, source: FakeSource) -> None:
    source.records = [replace(PARKED, order={**PARKED.order, "status": "CANCELLING"})]
    open_order(page, "parked")
    page.get_by_role("slider").press("Home")
    expect(state(page, "ProcessPayment")).to_have_class("not_reached")
    source.records = [record("resumed")]
    expect(page.locator(".outcome")).to_contain_text("FAILED")
    expect(state(page, "ProcessPayment")).to_have_class("not_reached")


def test_logs_are_shown_with_the_order(page: Page, source: FakeSource) -> None:
    source.lines = (LogLine(DECLINED.events[0].at, "ProcessPayment", "WARNING", "step refused", '{"a": 1}'),)
    open_order(page)
    logs = page.locator("#logs")
    expect(logs).to_contain_text("step refused")
    expect(logs.locator("tbody tr")).to_have_count(1)


def test_the_export_is_the_file_that_the_command_writes(page: Page, tmp_path: Path) -> None:
    open_order(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Export (JSON)").click()
    file = tmp_path / "order.json"
    download.value.save_as(file)
    assert file.read_bytes() == to_json(DECLINED).encode()
    assert download.value.suggested_filename == f"{DECLINED.order_id}.json"


def test_commands_can_be_copied(page: Page) -> None:
    open_order(page)
    page.get_by_role("button", name="Copy: Show this order").click()
    expect(page.get_by_text("Copied ✓")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"saga order show {DECLINED.order_id}"


def test_a_button_resumes_a_parked_order(page: Page, source: FakeSource) -> None:
    open_order(page, "parked")
    page.get_by_role("textbox", name="Reason to resume").fill("the gateway is back")
    page.get_by_role("button", name="Resume", exact=True).click()
    expect(page.get_by_text("Resumed.")).to_be_visible()
    assert source.actions == [("resume", PARKED.order_id, "the gateway is back"), ("delete_stale_messages",)]
    source.records = [record("resumed")]
    expect(page.locator(".outcome")).to_contain_text("FAILED")


def test_a_paused_order_shows_when_it_is_tried_again_in_the_list_and_on_its_page(
    page: Page, source: FakeSource
) -> None:
    waits = paused(wait=3_600_000)
    source.records = [waits]
    page.goto("/orders")
    expect(page.locator("tbody tr")).to_contain_text("ProcessPayment waits, next attempt in 59 min")
    open_order(page, "flaky")
    expect(page.locator(".notice.paused")).to_contain_text("ProcessPayment waits (TransientError: 503)")
    expect(page.locator(".notice.paused")).to_contain_text("next attempt in 59 min")
    page.get_by_role("button", name="Resume", exact=True).click()
    expect(page.get_by_text("Resumed.")).to_be_visible()
    assert source.actions[0] == ("resume", waits.order_id, "the gateway works again")
    source.records = [paused(wait=None)]
    expect(page.locator(".notice.paused")).to_contain_text("trying again now")


def test_an_attempt_that_is_due_comes_within_a_minute(page: Page, source: FakeSource) -> None:
    source.records = [paused(wait=-1)]
    page.goto("/orders")
    expect(page.locator("tbody tr")).to_contain_text("next attempt within a minute")


def test_a_button_cancels_a_pending_order(page: Page, source: FakeSource) -> None:
    source.records = [replace(DECLINED, order={**DECLINED.order, "status": "PENDING"})]
    open_order(page)
    page.get_by_text("Cancel …").click()
    page.get_by_role("button", name="Cancel the order").click()
    expect(page.get_by_text("Cancelled.")).to_be_visible()
    assert source.actions == [("cancel", DECLINED.order_id, "no longer wanted")]


def test_an_order_is_placed_with_a_payment_token_and_a_key(page: Page, source: FakeSource) -> None:
    page.goto("/orders/new?key=my-key&quantity=3")
    page.get_by_label("Product").select_option("monitor")
    page.get_by_role("radio", name="pm_declined").check()
    page.get_by_role("button", name="Place the order").click()
    page.wait_for_url(f"**/orders/{DECLINED.order_id}")
    items = [{"productId": "monitor", "quantity": 3, "price": 349.99}]
    body = {"customerId": "customer-123", "items": items, "paymentToken": "pm_declined"}
    assert source.actions == [("place", body, "my-key")]
    page.go_back()
    expect(page.get_by_label("Idempotency key")).to_have_value("my-key")
    expect(page.get_by_role("radio", name="pm_declined")).to_be_checked()


def test_a_refusal_is_shown_below_the_form(page: Page, source: FakeSource) -> None:
    source.refusal = Failure("the same key with another order")
    page.goto("/orders/new")
    page.get_by_role("button", name="Place the order").click()
    expect(page.get_by_role("status").filter(has_text="the same key with another order")).to_be_visible()


def test_filters_are_in_the_url(page: Page, source: FakeSource) -> None:
    page.goto("/orders?status=FAILED&customer=customer-123&since=24h")
    expect(page.get_by_label("Customer")).to_have_value("customer-123")
    expect(page.locator("tbody tr")).to_have_count(1)
    assert source.filter is not None
    assert (source.filter.status, source.filter.customer) == ("FAILED", "customer-123")
    page.get_by_label("Error").fill("PaymentDeclined")
    page.get_by_label("Error").press("Enter")
    page.wait_for_url("**/orders?customer=customer-123&error=PaymentDeclined&since=24h&status=FAILED")
    page.get_by_role("link", name="Parked", exact=True).last.click()
    page.wait_for_url(lambda url: "status=PARKED" in url)


def test_orders_appear_as_they_are_placed(page: Page, source: FakeSource) -> None:
    source.records = []
    page.goto("/orders")
    expect(page.get_by_text("There are no orders yet.")).to_be_visible()
    source.records = [DECLINED]
    expect(page.get_by_role("link", name=DECLINED.order_id)).to_be_visible()


def test_a_row_keeps_the_focus_while_other_rows_change(page: Page, source: FakeSource) -> None:
    source.records = [DECLINED]
    page.goto("/orders")
    page.get_by_role("link", name=DECLINED.order_id).focus()
    source.records = [PARKED, DECLINED]
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.get_by_role("link", name=DECLINED.order_id)).to_be_focused()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/orders", "There are no orders yet."),
        ("/orders/new", "There are no products yet"),
        ("/inventory", "There are no products yet."),
        ("/outbox", "The outbox is empty."),
        ("/outbox", "No order is overdue"),
        ("/parked", "No orders are parked."),
        ("/throughput", "No orders were placed in the last 15 minutes."),
        ("/orders/nothing", "there is no order nothing"),
        ("/orders?status=SHIPPED", "Unknown status 'SHIPPED'"),
        ("/nowhere", "Page not found"),
    ],
)
def test_an_empty_page_says_so(page: Page, source: FakeSource, path: str, text: str) -> None:
    source.records, source.stock = [], ()
    page.goto(path)
    expect(page.get_by_text(text).first).to_be_visible()


def test_a_page_says_that_the_engine_is_down_and_recovers(page: Page, source: FakeSource) -> None:
    source.failure = Unreachable("the engine is not running")
    page.goto("/inventory")
    expect(page.get_by_text("The engine is not responding.")).to_be_visible()
    expect(page.get_by_text("make up", exact=True)).to_be_visible()
    source.failure = None
    expect(page.get_by_text("Smartphone")).to_be_visible()
    expect(page.get_by_text("The engine is not responding.")).to_have_count(0)
    source.failure = Unreachable("the engine is not running")
    expect(page.get_by_text("The engine is not responding.")).to_be_visible()
    expect(page.get_by_text("Smartphone")).to_be_visible()


def test_a_page_says_that_the_engine_hangs_and_recovers(page: Page, source: FakeSource) -> None:
    page.goto("/inventory")
    expect(page.get_by_text("Smartphone")).to_be_visible()
    source.answers.clear()
    try:
        expect(page.get_by_text("The engine is not responding.")).to_be_visible(timeout=30_000)
    finally:
        source.answers.set()
    expect(page.get_by_text("The engine is not responding.")).to_have_count(0)


def test_text_from_an_order_never_runs(page: Page, source: FakeSource) -> None:
    order = {**PARKED.order, "customerId": EVIL, "reason": {"reason": EVIL, "cause": EVIL}}
    source.records = [replace(PARKED, order=order)]
    source.parked = [replace(parked_order(PARKED.order_id), customer_id=EVIL, reason=EVIL, cause=EVIL)]
    source.stock = [replace(PRODUCTS[0], product_id=EVIL, name=EVIL)]
    source.outbox = [outbox_event(EVIL)]
    source.lines = [LogLine(1, EVIL, EVIL, EVIL, EVIL)]
    for path in ("/orders", f"/orders/{PARKED.order_id}", "/parked", "/inventory", "/outbox", "/orders/new"):
        page.goto(path)
        expect(page.get_by_text("<script>").first).to_be_attached()
        assert "hacked" not in page.title()
    page.goto("/orders?customer=%22%3E%3Cscript%3Edocument.title%3D'hacked'%3C%2Fscript%3E")
    expect(page.get_by_label("Customer")).to_have_value("\"><script>document.title='hacked'</script>")
    assert "hacked" not in page.title()


def test_an_exported_order_needs_no_stack(page: Page, console: Served) -> None:
    console.show(FileSource(DECLINED, "order.json"))
    page.goto("/")
    page.wait_for_url(f"**/orders/{DECLINED.order_id}")
    expect(state(page, "ProcessPayment")).to_have_class("caught")
    expect(page.locator(".environment")).to_contain_text("FILE")
    expect(page.locator("#logs")).to_contain_text("no stack is connected")
    expect(page.get_by_role("link", name="Inventory", exact=True)).to_have_count(0)


@pytest.mark.parametrize(
    "path", ["/orders", f"/orders/{PARKED.order_id}", "/parked", "/outbox", "/breaker", "/orders/new"]
)
def test_a_read_only_console_offers_no_actions(page: Page, source: FakeSource, path: str) -> None:
    source.env, source.parked, source.breaker = AWS, [parked_order(PARKED.order_id)], Breaker("OPEN", 1, 10)
    source.outbox = [outbox_event("A")]
    page.goto(path)
    expect(page.locator(".environment")).to_contain_text("AWS")
    expect(page.locator(".environment")).to_contain_text("read-only")
    expect(page.locator("h1, .empty").first).to_be_visible()
    expect(page.locator("form[data-send]")).to_have_count(0)


def test_an_action_on_aws_asks_for_the_name_of_the_stack(page: Page, source: FakeSource) -> None:
    source.env, source.breaker = replace(AWS, writable=True), Breaker("OPEN", 1, 10)
    page.goto("/breaker")
    page.once("dialog", lambda dialog: dialog.accept("another"))
    page.get_by_role("button", name="Close the circuit").click()
    page.once("dialog", lambda dialog: dialog.accept(AWS.stack))
    page.get_by_role("button", name="Close the circuit").click()
    expect(page.get_by_text("The circuit is closed")).to_be_visible()
    assert source.actions == [("reset",)]


def test_an_order_without_history_is_drawn_from_its_events(page: Page, source: FakeSource) -> None:
    source.records = [replace(DECLINED, executions=())]
    open_order(page)
    expect(state(page, "RefundPayment")).to_have_class("succeeded")
    expect(page.locator(".facts-card")).to_contain_text("no execution has a history")


def test_the_outbox_shows_since_when_the_sweeper_has_not_started_an_order(page: Page, source: FakeSource) -> None:
    source.overdue = Overdue(now() - 5 * MINUTE)
    page.goto("/outbox")
    expect(
        page.get_by_text("The first overdue order was due 5 min ago. The sweeper starts or resumes it.")
    ).to_be_visible()


def test_buttons_dispatch_an_event_and_close_the_breaker(page: Page, source: FakeSource) -> None:
    source.outbox = [outbox_event("OrderParked#2")]
    page.goto("/outbox")
    page.get_by_role("button", name="Dispatch now: OrderParked#2 of order x").click()
    expect(page.get_by_text("OrderParked#2 was dispatched.")).to_be_visible()
    source.breaker = Breaker("OPEN", 1, 10)
    page.goto("/breaker")
    page.get_by_role("button", name="Close the circuit").click()
    expect(page.get_by_text("The circuit is closed")).to_be_visible()
    assert source.actions == [("dispatch", "x", "OrderParked#2"), ("reset",)]


def test_every_page_can_be_used_by_keyboard(page: Page, source: FakeSource) -> None:
    page.goto("/orders")
    expect(page.locator("tbody tr")).to_have_count(len(source.records))
    rows = page.locator("[data-row]")
    for key, focused in (("j", 0), ("j", 1), ("k", 0), ("k", 0)):
        page.keyboard.press(key)
        expect(rows.nth(focused)).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_label("Order id")).to_be_focused()
    page.keyboard.type("j?")
    expect(page.get_by_label("Order id")).to_have_value("j?")
    page.keyboard.press("Tab")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_hidden()
    page.reload()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#body")).to_be_focused()


def test_an_order_is_found_by_its_id(page: Page) -> None:
    page.goto("/inventory")
    page.get_by_label("Order id").fill(f" {DECLINED.order_id} ")
    page.get_by_label("Order id").press("Enter")
    page.wait_for_url(f"**/orders/{DECLINED.order_id}")


def test_nothing_is_fetched_from_other_hosts(page: Page, console: Served) -> None:
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    page.on("websocket", lambda socket: urls.append(socket.url.replace("ws:", "http:")))
    for path in ("/orders", f"/orders/{DECLINED.order_id}", "/throughput"):
        page.goto(path)
        expect(page.locator("h1")).to_be_visible()
    assert len(urls) > len("123")
    assert [url for url in urls if not url.startswith((console.url, "data:"))] == []
