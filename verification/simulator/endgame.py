"""After the faults: every order ends or is parked, nothing is lost, and nothing that comes late changes anything."""

from collections.abc import Callable, Iterator
from functools import partial

from payment.simulated import SimulatedGateway
from saga.invariants import unfinished
from sagakit import tables
from tests.support.template import tasks
from verification.simulator import surroundings
from verification.simulator.promises import broken_promises
from verification.simulator.run import Run
from verification.simulator.schedule import Schedule
from verification.simulator.step_functions import BROKEN
from verification.simulator.tally import Tally
from verification.simulator.watch import BOOKKEEPING, WATCHED

ROUNDS = 100  # of a minute and a half, each with a sweep: more than the longest way through all recoveries
MINUTE_AND_A_HALF = 90_000  # milliseconds
BETWEEN_ASKS = 120_000  # milliseconds; a record that is stuck lasts for five of them
ASKS = 12  # how often a customer asks before he must have an answer
COUNTERS = ("confirms", "refunds", "well", *BOOKKEEPING)


def play(schedule: Schedule) -> None:
    """Let the run come to its end, and look whether that is a good one."""
    for part in (_everyone_is_answered, _settle, _the_late_ones, _the_parked, _look_back, _everything_again):
        if schedule.run.watch.found:
            return
        part(schedule)


def _everyone_is_answered(schedule: Schedule) -> None:
    """Customers ask until they know."""
    run = schedule.run
    schedule.rest()
    for _ in range(ASKS):
        waiting = [wish for wish in run.plan.wishes if not run.people.has_answer(wish)]
        for wish in waiting:
            run.people.place(wish)
        schedule.rest()
        if not waiting or run.watch.found:
            return
        run.clock.pass_by(BETWEEN_ASKS)
    run.watch.found.append("a customer gets no answer")


def _settle(schedule: Schedule) -> None:
    """Sweep and wait until every order has ended or is parked, and every event is told."""
    run = schedule.run
    for _ in range(ROUNDS):
        schedule.rest()
        if run.watch.found or not _left_to_do(run):
            return
        run.clock.pass_by(MINUTE_AND_A_HALF)
        surroundings.sweep(run)
    run.watch.found += [f"after {ROUNDS} sweeps {left}" for left in _left_to_do(run)]


def _left_to_do(run: Run) -> list[str]:
    waiting = [row for row in run.rows("EVENTS") if row.get("undispatched", "").startswith("u#")]
    untold = [f"{row['eventType']} of {run.story.name(row['orderId'])} is not told" for row in waiting]
    return [*unfinished({"SAGAS": run.rows("SAGAS")}), *untold]


def _the_late_ones(schedule: Schedule) -> None:
    """Wake whoever slept, and let arrive what was under way."""
    run = schedule.run
    for actor in run.stage.actors:
        actor.asleep = False
    schedule.rest()
    while run.late and not run.watch.found:
        surroundings.arrive(run, run.late[0])
    _settle(schedule)


def _the_parked(schedule: Schedule) -> None:
    """Make the gateway well and take every order out of the car park: now it ends."""
    run = schedule.run
    for row in [row for row in run.rows("SAGAS") if "parked" in row]:
        run.people.look(row["orderId"])
    schedule.rest()
    schedule.calm_down()
    for intent in [row["id"] for row in run.rows("GATEWAY_LEDGER") if "taken" in row]:
        SimulatedGateway().make_well(intent)
    for row in [row for row in run.rows("SAGAS") if "parked" in row]:
        run.people.resume(row["orderId"])
    _settle(schedule)
    parked = [run.story.name(row["orderId"]) for row in run.rows("SAGAS") if "parked" in row]
    run.watch.found += [f"{name} is parked again, and the gateway is well" for name in parked]


def _look_back(schedule: Schedule) -> None:
    """Hold everything against what was promised."""
    run = schedule.run
    for order_id in run.order_ids:
        run.people.look(order_id)
    schedule.rest()
    run.watch.found += broken_promises(run)


def _everything_again(schedule: Schedule) -> None:
    """Call every step, start every execution, tell every event again, with no memory of requests: nothing changes."""
    run = schedule.run
    if not run.plan.again:
        return
    run.tally = Tally()  # what is certain to happen says nothing of the search
    before = _facts(run)
    for act in list(_late_calls(run)):
        for key in list(run.db.tables[tables.idempotency()]):
            run.db.delete(tables.idempotency(), key)
        act()
        schedule.rest()
    after = _facts(run)
    changed = [
        f"a late call changed {row}" for row in after.keys() | before.keys() if before.get(row) != after.get(row)
    ]
    run.watch.found += [*changed, *broken_promises(run)]


def _late_calls(run: Run) -> Iterator[Callable[[], object]]:
    for order_id in run.order_ids:
        yield from (partial(surroundings.stray, run, step, order_id) for step in tasks())
        yield partial(run.sfn.execute, f"{order_id}-late", order_id)
    if run.stream.delivered:
        yield partial(run.stream.deliver, run.stream.delivered)
    yield from (partial(surroundings.tell, run, each) for each in run.sfn.executions if each.status in BROKEN)
    for wish in run.plan.wishes:
        if wish.key and run.people.has_placed(wish):
            yield partial(run.people.place, wish)
            yield partial(run.people.place, wish, other_body=True)


def _facts(run: Run) -> dict[tuple[str, ...], dict[str, object]]:
    """Give every row, but for what only counts calls or deliveries."""
    return {
        (table, *(str(row[name]) for name in ("id", "orderId", "eventType", "productId") if name in row)): {
            name: value for name, value in row.items() if name not in COUNTERS
        }
        for table in WATCHED
        for row in run.rows(table)
    }
