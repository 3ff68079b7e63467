"""A headless Chromium, one for all tests of a process."""

import shutil
from dataclasses import dataclass
from functools import cache

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, expect, sync_playwright

PATIENCE = 60_000  # milliseconds: how slow a machine may be
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Chromium:
    """A browser."""

    playwright: Playwright
    browser: Browser

    def context(self, url: str) -> BrowserContext:
        """Open a browser of its own, whose pages are at `url`; it may write to the clipboard."""
        context = self.browser.new_context(base_url=url, viewport={"width": 1280, "height": 900})
        context.set_default_timeout(PATIENCE)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        return context

    def stop(self) -> None:
        """End it, if it was not ended before."""
        if self.browser.is_connected():
            self.browser.close()
            self.playwright.stop()


@cache
def chromium() -> Chromium:
    """Start it, once. Skips the test where there is none: CI installs it."""
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        pytest.skip(f"needs a browser, one of {', '.join(_PROGRAMS)}")
    expect.set_options(timeout=PATIENCE)
    playwright = sync_playwright().start()
    return Chromium(playwright, playwright.chromium.launch(executable_path=program, args=["--no-sandbox"]))
