"""Takes the pictures of the documents anew: `python -m tests.console.screenshots`.

They show recorded orders a while after each was placed, so they change only with the page.
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
A_WHILE = timedelta(minutes=5)
LARGEST = 200_000  # bytes


def main() -> None:
    """Write the pictures."""
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
    """Open the page of an order, all of it."""
    page.set_viewport_size({"width": 1280, "height": 1060})
    page.clock.set_fixed_time(datetime.fromtimestamp(order.events[-1].at / 1000, UTC) + A_WHILE)
    page.goto(f"/orders/{order.order_id}")
    expect(page.get_by_text("Nothing was logged.")).to_be_attached()


def take(page: Page, file: Path) -> None:
    """Take one picture. Raises ValueError when it is too large for a document."""
    picture = page.screenshot()
    if len(picture) > LARGEST:
        raise ValueError(f"{file.name} has {len(picture)} bytes")
    file.write_bytes(picture)


if __name__ == "__main__":
    main()
