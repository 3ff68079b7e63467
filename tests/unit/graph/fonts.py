"""Whether this machine can draw text: a bare server may have no font at all."""

import pytest

from saga.graph import FontError, render, to_png
from tests.unit.graph.definitions import machine, task


def _is_missing() -> bool:
    try:
        to_png(render(machine(Step=task())))
    except FontError:
        return True
    return False


needs_a_font = pytest.mark.skipif(_is_missing(), reason="no font is installed; fonts-dejavu-core is one that will do")
