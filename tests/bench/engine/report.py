"""The tables and the chart of a bench."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pygal  # type: ignore[import-untyped]

from saga.load.charts import STYLE, self_contained
from scripts.page import table
from tests.bench.engine.measured import Measured

type Start = tuple[str, float, float]

_HEAD = (
    *("", "a second", "of three empty states", "p50 ms", "p95 ms", "lost"),
    *("engine's CPU ms", "functions' CPU ms"),
)


@dataclass(frozen=True)
class Section:
    """What was measured on one engine: its settings, orders, and the floor (three empty states come last)."""

    title: str
    measured: Sequence[Measured]

    @property
    def floor(self) -> Measured:
        """The three empty states."""
        return self.measured[-1]


def tables(sections: Iterable[Section], starts: Iterable[Start]) -> str:
    """Return what is on the page, each part after an empty line."""
    parts = list[str]()
    for section in sections:
        parts += [f"**{section.title}**\n", table(_HEAD, (_row(each, section) for each in section.measured))]
        parts.append(f"{_cap(section.measured[1])}\n")
    rows = [[name, f"{forked:.0f}", f"{alone:.0f}", f"{alone / forked:.1f}"] for name, forked, alone in starts]
    parts.append(table(("start of a worker", "forked, ms", "alone, ms", "ratio"), rows))
    return "".join(f"\n{part}" for part in parts)


def chart(sections: Sequence[Section]) -> str:
    """Return the ends per second as a self-contained SVG."""
    bars = pygal.Bar(js=[], style=STYLE, title="Completed per second")
    bars.config(legend_at_bottom=True, truncate_label=-1, truncate_legend=-1)
    bars.x_labels = [section.title for section in sections]
    for name in dict.fromkeys(each.name for section in sections for each in section.measured):
        found = [{each.name: each.per_second for each in section.measured}.get(name) for section in sections]
        bars.add(name, [rate and round(rate, 1) for rate in found])
    return self_contained(bars)


def _cap(orders: Measured) -> str:
    """Return the arithmetic: the engine is one process, and all share the processors."""
    engine, both, processors = orders.engine_ms, orders.engine_ms + orders.functions_ms, os.cpu_count() or 1
    return (
        f"What caps warm orders: the engine is one process, which carries 1000 / {engine:.0f} = {1000 / engine:.1f} a "
        f"second. With its functions, it needs {both:.0f} ms of CPU time each, of which {processors} processors carry "
        f"{processors * 1000 / both:.1f} a second, less what clients and other programs take."
    )


def _row(each: Measured, section: Section) -> list[str]:
    return [
        each.name,
        f"{each.per_second:.1f}",
        f"{each.per_second / section.floor.per_second:.2f}",
        *(str(each.latency.p50), str(each.latency.p95), str(each.lost)),
        *(f"{each.engine_ms:.0f}", f"{each.functions_ms:.0f}"),
    ]
