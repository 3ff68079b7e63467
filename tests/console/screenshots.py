"""Takes the screenshots for the documents: `python -m tests.console.screenshots`.

They show recorded orders at a fixed time after each was placed, so they change only when the page does.
"""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, expect

from saga.orders.record import Record
from tests.console.chromium import chromium
from tests.console.fake_source import FakeSource, record
from tests.console.serving import served

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
ORDERS = {"confirmed": record("confirmed"), "compensated": record("declined"), "parked": record("parked")}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LATER = timedelta(minutes=5)
MAX_SIZE = 200_000  # bytes


def main() -> None:
    """Write the screenshots."""
    os.environ["TZ"] = "UTC"
    time.tzset()
    FOLDER.mkdir(parents=True, exist_ok=True)
    console = served()
    console.show(FakeSource(records=list(ORDERS.values())))
    browser = chromium()
    page = browser.context(console.url).new_page()
    for name, order in ORDERS.items():
        open_page(page, order)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            take(page, FOLDER / f"order-{name}-{scheme}.png")
    browser.stop()
    console.stop()


def open_page(page: Page, order: Record) -> None:
    """Open the page of an order and wait until it is complete."""
    page.set_viewport_size({"width": 1280, "height": 1060})
    page.clock.set_fixed_time(datetime.fromtimestamp(order.events[-1].at / 1000, UTC) + LATER)
    page.goto(f"/orders/{order.order_id}")
    expect(page.get_by_text("Nothing was logged.")).to_be_attached()


def take(page: Page, file: Path) -> None:
    """Take one screenshot.

    Raises:
        ValueError: it is too large for a document.
    """
    screenshot = page.screenshot()
    if len(screenshot) > MAX_SIZE:
        raise ValueError(f"{file.name} has {len(screenshot)} bytes")
    file.write_bytes(screenshot)


if __name__ == "__main__":
    main()
