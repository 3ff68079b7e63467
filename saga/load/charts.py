"""The latencies of a run as curves: the milliseconds at each percentile."""

import math
import re
from collections.abc import Mapping, Sequence

import pygal  # type: ignore[import-untyped]
from plotext import figure  # type: ignore[import-untyped]
from pygal.style import Style  # type: ignore[import-untyped]

from saga.load.plan import Run
from saga.operations.latency import percentile

type Curves = Mapping[str, Sequence[int]]

_TITLE = "Latency in ms at each percentile"
STYLE = Style(font_family="'DejaVu Sans','Liberation Sans',Helvetica,Arial,sans-serif")
_PERCENTS = list(range(1, 101))
_LABELLED = (1, 25, 50, 75, 95, 100)
_ROUND = [step * 10**power for power in range(7) for step in (1, 2, 5)]
_MARKERS = ("·", "•")  # distinguishable without colours
_WIDTH, _HEIGHT = 78, 18  # cells


def to_text(run: Run) -> str:
    """Return the chart for a terminal, empty if no order was accepted."""
    curves = _curves(run)
    if not curves:
        return ""
    figure.clear()
    figure.plot_size(_WIDTH, _HEIGHT)
    for (name, curve), marker in zip(curves.items(), _MARKERS, strict=False):
        signal = figure.signal(_PERCENTS, list(map(math.log10, curve)), marker=marker)
        figure.draw(signal.lines().label(name))
    ticks = _ticks(curves)  # on our own logarithmic scale: plotext's takes no ticks
    figure.ruler("y").ticks(list(map(math.log10, ticks)), list(map(str, ticks)))
    figure.ruler("x").ticks(list(_LABELLED), list(map(str, _LABELLED)))
    figure.title(_TITLE)
    return str(figure.build().string(colorless=True))


def to_svg(run: Run) -> str:
    """Return the chart as a self-contained SVG, without scripts or downloaded fonts."""
    chart = pygal.Line(js=[], style=STYLE, title=_TITLE, show_dots=False, logarithmic=True)
    chart.config(legend_at_bottom=True, show_minor_x_labels=False, truncate_label=-1)
    chart.x_labels = [str(percent) for percent in _PERCENTS]
    chart.x_labels_major = [str(percent) for percent in _LABELLED]
    for name, curve in _curves(run).items():
        chart.add(name, curve)
    return self_contained(chart)


def self_contained(chart: pygal.Graph) -> str:
    """Return a chart as SVG, without scripts."""
    # The remaining script only configures one that isn't included, and the comments have URLs.
    return re.sub(r"<script.*?</script>|<!--.*?-->", "", str(chart.render(is_unicode=True)), flags=re.DOTALL)


def _curves(run: Run) -> Curves:
    samples = {"acceptance": sorted(run.accept_ms), "completion": sorted(run.completion_ms)}
    # A logarithmic scale has no zero.
    return {
        name: [max(1, percentile(ranked, percent)) for percent in _PERCENTS]
        for name, ranked in samples.items()
        if ranked
    }


def _ticks(curves: Curves) -> list[int]:
    """Return the round numbers between the minimum and the maximum."""
    low, high = min(map(min, curves.values())), max(map(max, curves.values()))
    return [tick for tick in _ROUND if low <= tick <= high]
