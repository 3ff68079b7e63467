"""Play outages and print what became of the orders: python -m verification.simulator.outages [--page PAGE]."""

import argparse
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from verification.simulator.outages.play import Tally, play
from verification.simulator.worker_pool import in_parallel
from verification.simulator.world.outage import Outage, all_outages

COLUMNS = ("orders", "confirmed", "failed", "delayed", "lost", "parked")
CALLS = 300  # that the orders before an outage make: it begins at one of them
INTRODUCTION = """\
# Outages

Written by `make outages`. Each line plays an outage several times, in simulated time. It begins while orders are in
every phase, and more orders come in while it lasts. **confirmed** and **failed** are orders that ended as they would
have without the outage: a declined payment, too little stock and a customer's cancellation fail. **delayed** orders
took more than a minute. **lost** orders ended otherwise, **parked** ones wait for a person, and **events lost** did not
reach the bus.
"""


def main() -> int:
    """Play every outage; return 1 if an order or an event was lost, or an order parked."""
    parser = argparse.ArgumentParser(prog="python -m verification.simulator.outages")
    parser.add_argument("--starts", type=int, default=12, help="how often each is played, from different moments on")
    parser.add_argument("--jobs", type=int, default=2, help="number of processes")
    parser.add_argument("--only", default="", help="only outages with this in their name")
    parser.add_argument("--page", help="file to write the table into")
    options = parser.parse_args()
    outages = [each for each in all_outages() if options.only in str(each)]
    tallies = {outage: Tally() for outage in outages}
    cases = [(outage, 1 + CALLS * n // options.starts) for outage in outages for n in range(options.starts)]
    with closing(in_parallel(options.jobs, play, cases)) as played:
        for outage, tally in played:
            tallies[outage].add(tally)
    text = "\n".join(table(tallies.items()))
    print(text)
    if options.page:
        Path(options.page).write_text(f"{INTRODUCTION}\n{text}\n")
    problems = [f"{outage}, {outage.lasts}: {each}" for outage, tally in tallies.items() for each in tally.problems]
    print(*problems, sep="\n", end="\n" if problems else "", file=sys.stderr)
    return int(bool(problems) or any(tally.losses for tally in tallies.values()))


def table(tallies: Iterable[tuple[Outage, Tally]]) -> Iterable[str]:
    """Yield the lines of a Markdown table."""
    yield f"| down | for | {' | '.join(COLUMNS)} | events lost |"
    yield f"| --- | --- |{' ---: |' * (len(COLUMNS) + 1)}"
    for outage, tally in tallies:
        counts = [*(tally.orders[column] for column in COLUMNS), tally.events_lost]
        yield f"| {outage} | {outage.lasts} | {' | '.join(map(str, counts))} |"


if __name__ == "__main__":
    sys.exit(main())
