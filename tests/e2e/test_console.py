"""The console as `saga console` serves it, in a real Chromium, on the tests' engine."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from saga.engine.process import Engine
from saga.engine.project import BIN
from saga.orders.reader import read
from tests.console.chromium import chromium
from tests.e2e.command import Command
from tests.e2e.shop import Shop, eventually


@pytest.fixture(scope="module")
def url(engine: Engine, shop: Shop) -> Iterator[str]:  # noqa: ARG001 - the console shows it
    command = [str(BIN / "saga"), "console", "--port", "0", "--no-open"]
    environment = {"PATH": os.environ["PATH"], "ENGINE_HOME": str(engine.home), "AWS_EC2_METADATA_DISABLED": "true"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as console:  # noqa: S603
        try:
            assert console.stdout
            yield console.stdout.readline().strip()
        finally:
            console.send_signal(signal.SIGINT)


@pytest.fixture(scope="module")
def page(url: str) -> Iterator[Page]:
    browser = chromium()
    context = browser.context(url)
    yield context.new_page()
    context.close()


@pytest.fixture
def parked(to_be_parked: list[str]) -> str:
    return to_be_parked[0]


def state(page: Page, name: str) -> Locator:
    return page.locator(f"svg.saga-graph a[href='#{name}']")


def place(page: Page, product: str, payment: str, key: str) -> str:
    """Place an order with the form and return its ID."""
    page.goto(f"/orders/new?key={key}")
    page.get_by_label("Product").select_option(product)
    page.get_by_role("radio", name=payment).first.check()
    page.get_by_role("button", name="Place the order").click()
    page.wait_for_url(lambda address: "/orders/new" not in address)
    return page.url.rpartition("/")[2]


def test_a_declined_order_is_placed_and_displayed_as_undone_and_replayed(page: Page, shop: Shop) -> None:
    order_id = place(page, "monitor", "pm_declined", "console-declined")
    expect(state(page, "ProcessPayment")).to_have_class("caught")
    expect(state(page, "RefundPayment")).to_have_class("succeeded")
    expect(state(page, "ReleaseInventory")).to_have_class("succeeded")
    assert shop.ended(order_id)["status"] == "FAILED"
    page.get_by_role("slider", name="Moment of the order").press("Home")
    for name in ("ProcessPayment", "RefundPayment", "ReleaseInventory"):
        expect(state(page, name)).to_have_class("not_reached")


def test_a_repeated_key_is_the_same_order_and_is_refused_with_another_body(page: Page) -> None:
    first = place(page, "monitor", "pm_ok", "console-key")
    assert place(page, "monitor", "pm_ok", "console-key") == first
    page.goto("/orders/new?key=console-key&quantity=2&product=monitor")
    page.get_by_role("button", name="Place the order").click()
    expect(page.locator(".result.bad")).to_be_visible()


def test_the_logs_of_the_functions_are_shown_beside_the_run(page: Page) -> None:
    place(page, "monitor", "pm_ok", "console-logs")
    expect(page.locator("#logs")).to_contain_text("ConfirmOrder")


def test_orders_are_listed_as_they_are_placed_and_found_by_their_outcome(page: Page, shop: Shop) -> None:
    page.goto("/orders?customer=console-customer")
    expect(page.get_by_text("No order matches.")).to_be_visible()
    order_id = shop.place({**shop.order(token="pm_declined"), "customerId": "console-customer"})
    expect(page.get_by_role("link", name=order_id)).to_be_visible()
    shop.ended(order_id)
    page.goto("/orders?customer=console-customer&status=FAILED&error=PaymentDeclined&product=monitor&since=1h")
    expect(page.get_by_role("link", name=order_id)).to_be_visible()


def test_the_export_of_the_page_is_identical_to_that_of_the_command(
    page: Page, shop: Shop, command: Command, tmp_path: Path
) -> None:
    order_id = place(page, "monitor", "pm_declined", "console-export")
    shop.executed(order_id)
    eventually(lambda: read(shop.stack, order_id).is_settled, "the order's events were not dispatched")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export (JSON)").click()
    download.value.save_as(tmp_path / "page.json")
    exported = command("order", "export", order_id).stdout.encode()
    assert exported == (tmp_path / "page.json").read_bytes()
    assert len(exported) > len(order_id)


@pytest.mark.parametrize("path", ["/inventory", "/outbox", "/breaker", "/throughput"])
def test_every_page_shows_a_real_stack(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator(".environment")).to_contain_text("engine on 127.0.0.1")
    expect(page.locator(".card").first).not_to_be_empty()
    expect(page.locator(".notice")).to_have_count(0)


def test_a_parked_order_is_resumed_by_its_button(page: Page, shop: Shop, parked: str) -> None:
    assert "parked" in shop.ended(parked)
    page.goto("/parked")
    expect(page.get_by_role("link", name=parked)).to_be_visible()
    page.get_by_role("link", name=parked).click()
    page.get_by_role("button", name="Restore the gateway").click()
    expect(page.get_by_text("can refund this order now")).to_be_visible()
    page.get_by_role("button", name="Resume", exact=True).click()
    expect(page.locator(".outcome")).to_contain_text("FAILED")
    expect(state(page, "RefundPayment")).to_have_class("succeeded")
    assert shop.net_charge(parked) == 0
