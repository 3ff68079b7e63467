"""Calculates what the relay carries on AWS: python scripts/capacity.py [PAGE [--check]].

With a page, it writes the table into it; with --check, it fails if the page is out of date or the API admits more.
"""

import sys
from pathlib import Path
from typing import Any

from scripts.consumers import Consumer, consumers
from scripts.cost import counts
from scripts.cost.invocations import milliseconds
from scripts.cost.prices import assumed
from scripts.page import with_block
from statemachine.template import read

MOST = (
    1_350  # items of a part and sweep, as in functions/sagakit/sweeping.py; tests/saga/test_capacity.py compares them
)

ROOT = Path(__file__).parents[1]
SHARDS = (1, 4, 16)
NEW_TABLE: int = assumed("stream")["shards"]

# Assumptions, on the cautious side; also those of scripts/cost/assumptions.toml.
RESUME = 0.01  # seconds of a processor to resume an order; its calls overlap with those of others
SWEEP = 45 / 60  # of each minute
ENTRIES = 10  # of a call to PutEvents
# What AWS documents: write units of a partition, and new executions a second in the smaller regions.
PARTITION, EXECUTIONS = 1_000, 150
SHARE = 2 / 5  # of the limit for new orders; the rest is for those that an outage left waiting


def per_second(consumer: Consumer, seconds: float) -> int:
    """Return the records a second and shard, if a full batch takes so long."""
    return int(consumer.batch * consumer.factor / seconds)


def written(writes: counts.Units) -> float:
    """Return the units of the events table itself; its indexes have partitions of their own."""
    places = counts.places(writes)
    return sum(units for (_, table, operation), units in places if table == "Events" and "index" not in operation)


def limits(template: dict[str, Any], shards: int) -> dict[str, int]:
    """Return the orders a second that each part carries."""
    order = counts.read()[counts.CONFIRMED]
    starts, publishes = (consumers(template)[name] for name in ("StartSagas", "PublishEvents"))
    assumption, start = assumed("milliseconds"), milliseconds("StartSagas", order, invocations=0)
    started = per_second(starts, (assumption["invocation"] + starts.batch * start) / 1000)
    publish = publishes.batch / ENTRIES * assumption["PutEvents"]
    published = per_second(publishes, (assumption["invocation"] + publish) / 1000)
    return {
        "events table": int(shards * PARTITION / written(order.writes)),
        "StartSagas": shards * started,
        "PublishEvents": shards * published // order.records["PublishEvents"],
        "StartExecution": EXECUTIONS,
        "SweepOrders, after an outage": swept(template, "SweepOrdersFunction"),
    }


def swept(template: dict[str, Any], function: str) -> int:
    """Return the items a second that a sweeper handles in all its parts."""
    parts = len(template["Resources"][function]["Properties"]["Events"])
    return int(parts * min(SWEEP / RESUME, MOST / 60))


def admitted(template: dict[str, Any], shards: int) -> int:
    """Return the orders a second that are started, whether they are new or resumed."""
    return min(value for part, value in limits(template, shards).items() if "Sweep" not in part)


def throttle(template: dict[str, Any]) -> int:
    """Return the orders a second that the API may admit to a new table."""
    return int(SHARE * admitted(template, NEW_TABLE))


def minutes(template: dict[str, Any], outage: int) -> int:
    """Return the minutes after an outage of so many minutes until all its orders have been resumed."""
    free = min(admitted(template, NEW_TABLE) - throttle(template), swept(template, "SweepOrdersFunction"))
    return -(-outage * throttle(template) // free)


def table(template: dict[str, Any]) -> str:
    """Return the orders a second as a Markdown table, and the throttle that follows."""
    columns = {shards: limits(template, shards) for shards in SHARDS}
    rows = [[part, *(f"{columns[shards][part]:,}" for shards in SHARDS)] for part in columns[SHARDS[0]]]
    rows.append(["**started, new or resumed**", *(f"**{admitted(template, shards):,}**" for shards in SHARDS)])
    head = ["orders a second", *(f"{shards} shard{'s' if shards > 1 else ''}" for shards in SHARDS)]
    lines = [head, ["---"] * len(head), *rows]
    marked = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    derived = (
        f"With {NEW_TABLE} shards, {admitted(template, NEW_TABLE)} orders a second are started. The API admits "
        f"{throttle(template)} of them; the rest resumes what an outage left waiting. The orders of an outage of an "
        f"hour are all resumed within {minutes(template, 60)} minutes after it, before their deadline of two hours."
    )
    return f"{marked}\n\n{derived}\n"


def main(page: str = "", check: str = "") -> int:
    """Print the table, write it into the page, or check the page and the API's throttle; return 1 if one is wrong."""
    template = read(ROOT / "template.yaml")
    if not page:
        print(table(template))
        return 0
    text = Path(page).read_text()
    new = with_block(text, "capacity", table(template))
    if check:
        (settings,) = template["Resources"]["OrderApi"]["Properties"]["MethodSettings"]
        if new != text:
            print(f"capacity: {page} is out of date; run make capacity", file=sys.stderr)
        if settings["ThrottlingRateLimit"] != throttle(template):
            print(f"capacity: the API must admit {throttle(template)} requests a second", file=sys.stderr)
        return int(new != text or settings["ThrottlingRateLimit"] != throttle(template))
    Path(page).write_text(new)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
