"""Compares the coordinators: python -m tests.bench.coordinators [PAGE]. It needs the engine, for the durations.

With a page, it writes the tables into it, else it prints them. Everything but the durations is counted in process.
"""

import statistics
from collections.abc import Iterator

import tests.support.settings  # noqa: F401  before anything of the functions is imported
from saga.load.plan import Plan
from saga.load.run import run
from saga.stack.kinds import ORDER, TRANSACTION, kind_of
from saga.stack.target import Target
from scripts import page
from tests.bench.coordinators.coordinator import Coordinator
from tests.bench.coordinators.faults import FAULTS, outcome
from tests.bench.coordinators.prices import PRICES, as_express, cost, counted
from tests.bench.coordinators.state_machine import StateMachine
from tests.bench.coordinators.step_queues import StepQueues
from tests.bench.coordinators.worlds import fresh
from tests.support import world

COORDINATORS: tuple[type[Coordinator], ...] = (StateMachine, StepQueues)
EACH, RATE = 20, 1  # placed on the engine, and how many a second, so that none waits for another


def main() -> None:
    """Print the tables, or write them into the page."""
    where, head = page.asked_for(__doc__), ["", *(each.name for each in COORDINATORS)]
    taken, duration, faults = page.table(head, _taken()), _duration(), page.table(head, _faults())
    page.write(where, "comparison", f"{taken}\n{duration}\n\n{faults}")


def _taken() -> Iterator[list[str]]:
    """Yield what a confirmed order takes, from its acceptance to its end."""
    taken, events = [], []
    for kind in COORDINATORS:
        with fresh(kind) as coordinator:
            saga_id = coordinator.place()
            coordinator.end(saga_id)
            events.append(str(len(world.events(saga_id))))
            taken.append(counted(coordinator.taken, coordinator.meter))
    yield ["events", *events]
    for name in PRICES:
        yield [name, *(f"{each.get(name, 0):g}" for each in taken)]
    yield ["dollars per million", *(f"{cost(each):.0f}" for each in taken)]
    yield ["dollars per million, EXPRESS", f"{as_express(taken[0]):.0f}", ""]


def _duration() -> str:
    """Return how long confirmed orders and transactions of one run took on the engine, compared by their medians."""
    plan = Plan(EACH, RATE, 2, {"pm_ok": 1}, transactions=EACH)
    finished = run(Target().load(), plan, lambda _name: None)
    medians = {
        kind: statistics.median(row["updatedAt"] - row["createdAt"] for row in finished.ended if kind_of(row) == kind)
        for kind in (ORDER, TRANSACTION)
    }
    ratio = medians[TRANSACTION] / medians[ORDER]
    return f"In one run of {EACH} each on the engine, a transaction took {ratio:.1f} times as long as an order."


def _faults() -> Iterator[list[str]]:
    for fault in FAULTS:
        yield [fault, *(outcome(kind, fault) for kind in COORDINATORS)]


if __name__ == "__main__":
    main()
