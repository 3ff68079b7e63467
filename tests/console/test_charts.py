"""Charts, to scale."""

import re

from saga.console.charts import bars, lines

MINUTES = ["12:00", "12:01", "12:02", "12:03"]


def test_a_bar_stacks_its_parts_to_scale() -> None:
    shown = bars("Orders", MINUTES, {"confirmed": [10, 0, 0, 0], "failed": [5, None, 0, 0]})
    parts = re.findall(r' y="([\d.]+)" width="[\d.]+" height="([\d.]+)"><title>([^<]+)', shown)
    (y, height, title), (upper_y, upper_height, _) = parts
    assert title == "12:00: 10 confirmed"
    assert float(height) == 2 * float(upper_height)
    assert float(upper_y) + float(upper_height) == float(y)


def test_a_line_breaks_where_there_is_no_value() -> None:
    shown = lines("Latency", MINUTES, {"p50": [100, None, 200, 300]}, "ms")
    assert "".join(re.findall("[ML]", re.findall(r'class="line p50" d="([^"]+)"', shown)[0])) == "MML"
    assert "<title>12:03: p50 300 ms</title>" in shown


def test_the_axis_ends_at_a_round_number() -> None:
    assert ">20</text>" in bars("Orders", MINUTES, {"confirmed": [13, 0, 0, 0]})
    assert ">4,000 ms</text>" in lines("Latency", MINUTES, {"p50": [2_001, 1, 1, 1]}, "ms")
