"""Skips tests that draw text on machines without fonts, such as a bare server."""

import pytest

from saga.graph import render
from saga.graph.formats import FontError, to_png
from tests.unit.graph.definitions import machine, task


def _is_missing() -> bool:
    try:
        to_png(render(machine(Step=task())))
    except FontError:
        return True
    return False


needs_a_font = pytest.mark.skipif(_is_missing(), reason="no font is installed. Install fonts-dejavu-core")
