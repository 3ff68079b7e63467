"""The latencies of a run as a curve: at each percentile so many milliseconds."""

import math
import re
from collections.abc import Mapping, Sequence

from saga.load.figures import accept_ms, completion_ms
from saga.load.run import Run
from saga.operations.latency import percentile

type Curves = Mapping[str, Sequence[int]]

_TITLE = "Latency in ms at each percentile"
_FONTS = "'DejaVu Sans','Liberation Sans',Helvetica,Arial,sans-serif"
_PERCENTS = list(range(1, 101))
_SHOWN = (1, 25, 50, 75, 95, 100)
_ROUND = [step * 10**power for power in range(7) for step in (1, 2, 5)]
_MARKERS = ("·", "•")  # told apart without colours
_WIDTH, _HEIGHT = 78, 18  # cells


def to_text(run: Run) -> str:
    """For a terminal; empty, when no order was accepted."""
    from plotext import figure  # type: ignore[import-untyped]  # noqa: PLC0415 - costs most of a second

    curves = _curves(run)
    if not curves:
        return ""
    figure.clear()
    figure.plot_size(_WIDTH, _HEIGHT)
    for (name, curve), marker in zip(curves.items(), _MARKERS, strict=False):
        signal = figure.signal(_PERCENTS, list(map(math.log10, curve)), marker=marker)
        figure.draw(signal.lines(True).label(name))  # noqa: FBT003
    ticks = _ticks(curves)  # of a logarithmic scale of our own: plotext's takes no ticks
    figure.ruler("y").ticks(list(map(math.log10, ticks)), list(map(str, ticks)))
    figure.ruler("x").ticks(list(_SHOWN), list(map(str, _SHOWN)))
    figure.title(_TITLE)
    return str(figure.build().string(colorless=True))


def to_svg(run: Run) -> str:
    """A picture that stands alone: no script, and no font but what the machine has."""
    import pygal  # type: ignore[import-untyped]  # noqa: PLC0415 - costs a third of a second
    from pygal.style import Style  # type: ignore[import-untyped]  # noqa: PLC0415

    chart = pygal.Line(js=[], style=Style(font_family=_FONTS), title=_TITLE, show_dots=False, logarithmic=True)
    chart.config(legend_at_bottom=True, show_minor_x_labels=False, truncate_label=-1)
    chart.x_labels = [str(percent) for percent in _PERCENTS]
    chart.x_labels_major = [str(percent) for percent in _SHOWN]
    for name, curve in _curves(run).items():
        chart.add(name, curve)
    # What is left of a script has only settings for one that is not there, and comments have addresses.
    return re.sub(r"<script.*?</script>|<!--.*?-->", "", str(chart.render(is_unicode=True)), flags=re.DOTALL)


def _curves(run: Run) -> Curves:
    samples = {"acceptance": accept_ms(run), "completion": completion_ms(run)}
    return {name: _curve(sorted(each)) for name, each in samples.items() if each}


def _curve(ranked: Sequence[int]) -> list[int]:
    """A logarithm has no zero."""
    return [max(1, percentile(ranked, percent)) for percent in _PERCENTS]


def _ticks(curves: Curves) -> list[int]:
    """Round numbers from the least to the greatest."""
    seen = [milliseconds for curve in curves.values() for milliseconds in curve]
    return [tick for tick in _ROUND if min(seen) <= tick <= max(seen)]
