"""Every page passes axe and fits the screen, in light and dark, on a phone and on a desktop."""

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from saga.console.sources.exported import FileSource
from saga.failures import Unreachable
from saga.operations.circuit import Breaker
from saga.operations.overdue import Overdue
from saga.orders.logs import LogLine
from tests.console.fake_source import AWS, FakeSource, outbox_event, parked_order, record
from tests.console.serving import Served

SIZES = ((390, 844), (1280, 900))
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
DECLINED, PARKED, RESUMED = (record(name) for name in ("declined", "parked", "resumed"))
PAGES = {  # by path: an element that appears when the page is complete
    "/orders": "tbody tr",
    "/orders?status=SHIPPED": ".notice",
    "/orders/new": "form[data-send]",
    f"/orders/{DECLINED.order_id}?at={DECLINED.events[3].at}": "#logs td",
    f"/orders/{PARKED.order_id}": ".notice.parked",
    "/orders/nothing": ".notice",
    "/parked": "form[data-send]",
    "/inventory": "tbody tr",
    "/outbox": "tbody tr",
    "/breaker": ".pill",
    "/throughput": "svg.chart",
    "/nowhere": "h1",
}


@pytest.fixture
def busy(source: FakeSource) -> FakeSource:
    """Return a shop in which every page has something to show."""
    at = DECLINED.events[0].at
    source.lines = [LogLine(at, "ProcessPayment", level, "step", '{"a": 1}') for level in ("INFO", "WARNING", "ERROR")]
    source.parked, source.breaker = [parked_order(PARKED.order_id)], Breaker("OPEN", at, 10)
    source.outbox = [outbox_event("OrderPlaced"), outbox_event("OrderParked")]
    source.overdue = Overdue(at)
    return source


def check(page: Page) -> None:
    """Assert that axe finds nothing and nothing overflows, in each size and scheme."""
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            found = Axe().run(page, options={"resultTypes": ["violations"]})
            assert found.violations_count == 0, f"{width} {scheme}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible_in_both_schemes_and_sizes(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator(PAGES[path]).first).to_be_visible()
    check(page)


def test_a_resumed_order_is_accessible_with_every_detail_open(page: Page, busy: FakeSource) -> None:
    busy.records = [RESUMED]
    page.goto(f"/orders/{RESUMED.order_id}")
    expect(page.locator("#logs td").first).to_be_visible()
    page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    check(page)


def test_the_notice_that_the_engine_is_down_is_accessible(page: Page, busy: FakeSource) -> None:
    busy.failure = Unreachable("the engine is not running")
    page.goto("/orders")
    expect(page.locator(".notice")).to_be_visible()
    check(page)


def test_a_read_only_stack_is_accessible(page: Page, busy: FakeSource) -> None:
    busy.env = AWS
    page.goto("/parked")
    expect(page.locator(".pill")).to_be_visible()
    check(page)


def test_an_exported_order_is_accessible(page: Page, console: Served) -> None:
    console.show(FileSource(DECLINED, "order.json"))
    page.goto(f"/orders/{DECLINED.order_id}")
    expect(page.locator("svg.saga-graph")).to_be_visible()
    check(page)


def test_the_keyboard_shortcuts_are_accessible(page: Page) -> None:
    page.goto("/orders")
    expect(page.locator("tbody tr").first).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    check(page)
