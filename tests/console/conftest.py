"""A console over a fake source, and pages of it in a browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.console.chromium import chromium
from tests.console.fake_source import PRODUCTS, FakeSource, record
from tests.console.serving import Served, served


@pytest.fixture(scope="session")
def console() -> Iterator[Served]:
    one = served()
    yield one
    one.stop()


@pytest.fixture
def source(console: Served) -> FakeSource:
    """A shop with a few orders."""
    shop = FakeSource(records=[record(name) for name in ("declined", "confirmed", "parked")], stock=PRODUCTS)
    console.show(shop)
    return shop


@pytest.fixture(scope="session")
def context(console: Served) -> Iterator[BrowserContext]:
    """One for all tests: what the browser keeps of the console's assets is not loaded again."""
    browser = chromium()
    yield browser.context(console.url)
    browser.stop()


@pytest.fixture
def page(context: BrowserContext, source: FakeSource) -> Iterator[Page]:  # noqa: ARG001 - what the page shows
    page = context.new_page()
    yield page
    page.close()
