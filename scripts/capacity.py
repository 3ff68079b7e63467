"""Calculates what the relay carries on AWS: python scripts/capacity.py [PAGE [--check]].

With a page, it writes the table into it; with --check, it fails if the page is out of date or the API admits more.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sagakit.saga import Saga, sagas
from sagakit.step import Effect
from statemachine.template import read

MOST = (
    1_350  # items of a part and sweep, as in functions/sagakit/sweeping.py; tests/saga/test_capacity.py compares them
)

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- capacity -->\n", "<!-- end -->\n"
SHARDS = (1, 4, 16)
NEW_TABLE = 4  # partitions, and so shards, of a new table that is paid for on demand: 4,000 write units a second

# Assumptions, on the cautious side. Calls to other services inside a region, in seconds.
INVOCATION, START_EXECUTION, UPDATE_ITEM, PUT_EVENTS = 0.02, 0.03, 0.01, 0.03
RESUME = 0.01  # seconds of a processor to resume an order; its calls overlap with those of others
SWEEP = 45 / 60  # of each minute
ENTRIES = 10  # of a call to PutEvents
# What AWS documents: write units of a partition, and new executions a second in the smaller regions.
PARTITION, EXECUTIONS = 1_000, 150
SHARE = 2 / 5  # of the limit for new orders; the rest is for those that an outage left waiting


@dataclass(frozen=True)
class Consumer:
    """The settings of a stream's consumer."""

    batch: int
    factor: int  # batches of a shard at a time

    def per_second(self, seconds: float) -> int:
        """Return the records a second and shard, if a full batch takes so long."""
        return int(self.batch * self.factor / seconds)


def consumer(template: dict[str, Any], function: str) -> Consumer:
    """Read a consumer's settings from the template."""
    mapping = template["Resources"][function]["Properties"]["Events"]["Outbox"]["Properties"]
    return Consumer(mapping["BatchSize"], mapping["ParallelizationFactor"])


def events_of(saga: Saga) -> int:
    """Return the events of a confirmed saga: it starts, every step is done, and it is confirmed."""
    return 2 + sum(2 if isinstance(step, Effect) else 1 for step in saga.forward)


def units_of(saga: Saga) -> int:
    """Return the write units that a confirmed saga takes in the events table; tests/saga/test_capacity.py counts them.

    A part of a transaction takes two: each event, the outcomes that a step excludes, and the steps that are proven. To
    take the first event off the index takes one more.
    """
    excluded = sum(len(step.refusals) for step in saga.forward if not isinstance(step, Effect))
    return 2 * (events_of(saga) + excluded + len(saga.confirmed_by)) + 1


def limits(template: dict[str, Any], shards: int) -> dict[str, int]:
    """Return the orders a second that each part carries."""
    starts, publishes = consumer(template, "StartSagasFunction"), consumer(template, "PublishEventsFunction")
    started = starts.per_second(INVOCATION + starts.batch * (START_EXECUTION + UPDATE_ITEM))
    published = publishes.per_second(INVOCATION + publishes.batch / ENTRIES * PUT_EVENTS)
    return {
        "events table": shards * PARTITION // max(map(units_of, sagas().values())),
        "StartSagas": shards * started,
        "PublishEvents": shards * published // max(map(events_of, sagas().values())),
        "StartExecution": EXECUTIONS,
        "SweepOrders, after an outage": swept(template, "SweepOrdersFunction"),
        "SweepOutbox, after an outage": swept(template, "SweepOutboxFunction"),
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
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    new = f"{before}{BEGIN}{table(template)}{END}{after}"
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
