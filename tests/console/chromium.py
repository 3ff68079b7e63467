"""A headless Chromium, shared by all tests of a process."""

import shutil
from dataclasses import dataclass
from functools import cache

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, expect, sync_playwright

TIMEOUT = 60_000  # milliseconds, for slow machines
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Chromium:
    """A running browser."""

    playwright: Playwright
    browser: Browser

    def context(self, url: str) -> BrowserContext:
        """Open a separate browser context for pages at `url`, with access to the clipboard."""
        context = self.browser.new_context(base_url=url, viewport={"width": 1280, "height": 900})
        context.set_default_timeout(TIMEOUT)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        return context

    def stop(self) -> None:
        """Stop it if it is running."""
        if self.browser.is_connected():
            self.browser.close()
            self.playwright.stop()


@cache
def chromium() -> Chromium:
    """Start the browser, once. Skip the test if none is installed; CI has one."""
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        pytest.skip(f"needs a browser, one of {', '.join(_PROGRAMS)}")
    expect.set_options(timeout=TIMEOUT)
    playwright = sync_playwright().start()
    return Chromium(playwright, playwright.chromium.launch(executable_path=program, args=["--no-sandbox"]))
