"""Opening a page in the browser."""

import os
import sys
import webbrowser


def open_page(url: str) -> None:
    """Opens it where a browser has a window to open: else a text browser would take the terminal."""
    if sys.platform in {"darwin", "win32"} or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        webbrowser.open(url)
