"""A console over a fake source, and its pages in a browser."""

from collections.abc import Iterator

import httpx
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
    """Return a shop with a few orders."""
    shop = FakeSource(records=[record(name) for name in ("declined", "confirmed", "parked")], stock=PRODUCTS)
    console.show(shop)
    return shop


@pytest.fixture
def client(console: Served, source: FakeSource) -> Iterator[httpx.Client]:  # noqa: ARG001 - what the console shows
    with httpx.Client(base_url=console.url, trust_env=False, timeout=60) as client:
        yield client


@pytest.fixture(scope="session")
def context(console: Served) -> Iterator[BrowserContext]:
    """One context for all tests, so that the browser loads the console's assets only once."""
    browser = chromium()
    yield browser.context(console.url)
    browser.stop()


@pytest.fixture
def page(context: BrowserContext, source: FakeSource) -> Iterator[Page]:  # noqa: ARG001 - what the page shows
    page = context.new_page()
    yield page
    page.close()
