"""Quiescence: without further faults, every order ends or is parked, nothing is lost, and repeats change nothing."""

from collections.abc import Callable, Iterator
from functools import partial

from saga.reconcile.invariants import unfinished
from sagakit import tables
from verification.simulator.checker.guarantees import broken_guarantees
from verification.simulator.checker.invariant_checker import CHECKED_TABLES
from verification.simulator.checker.outbox_rows import BOOKKEEPING
from verification.simulator.coverage_counts import Coverage
from verification.simulator.environment import environment_effects as effects
from verification.simulator.names.saga_table import HAS_QUEUES, states
from verification.simulator.schedule.driver import Driver
from verification.simulator.world.simulation import Simulation

MAX_SWEEPS = 50  # more than the longest way through all recoveries
PATIENT_SWEEPS = 8  # after which nothing more is expected of waiting: the next ones are after the deadline
TOLERANCE = 4_000  # milliseconds: clocks may be wrong, and indexes lag
MAX_RETRIES = 12  # of a customer
BETWEEN_RETRIES = 120_000  # milliseconds; a record that is stuck in progress lasts for five of them
COUNTERS = ("confirms", "refunds", "well", *BOOKKEEPING)


def reach_quiescence(driver: Driver) -> None:
    """Let the run end, and check the outcome."""
    driver.sim.outage_ends = 0
    for phase in (_answer_clients, _settle, _deliver_delayed, _resume_parked, _check_guarantees, _repeat_everything):
        if driver.sim.violations:
            return
        phase(driver)


def _answer_clients(driver: Driver) -> None:
    """Let customers retry until they know the outcome."""
    sim = driver.sim
    driver.run_until_idle()
    for _ in range(MAX_RETRIES):
        waiting = [request for request in sim.plan.requests if not sim.clients.has_outcome(request)]
        for request in waiting:
            sim.clients.place(request)
        driver.run_until_idle()
        if not waiting or sim.violations:
            return
        sim.clock.advance(BETWEEN_RETRIES)
    sim.violations.append("a customer gets no response")


def _settle(driver: Driver) -> None:
    """Sweep until every order has ended or is parked."""
    sim, faults = driver.sim, driver.sim.faults.total()
    for sweeps in range(MAX_SWEEPS):
        driver.run_until_idle()
        if sim.violations or not _unsettled(sim):
            return
        if sweeps == PATIENT_SWEEPS and sim.faults.total() == faults:
            sim.violations += _idle(sim)
        sim.clock.advance(_until_next(sim, "dueAt" if sweeps < PATIENT_SWEEPS else "deadlineAt"))
        effects.sweep(sim)
    sim.violations += [f"after {MAX_SWEEPS} sweeps {problem}" for problem in _unsettled(sim)]


def _idle(sim: Simulation) -> list[str]:
    """Report the orders that are left to their deadline, although nothing keeps them waiting."""
    rows = (row for row in sim.rows("SAGAS") if "open" in row and "paused" not in row)
    return [f"{sim.trace.order_name(row['orderId'])} is still {row['status']}, and waits for nothing" for row in rows]


def _until_next(sim: Simulation, time: str) -> int:
    """Return the milliseconds until there is something for the sweepers to do."""
    due = [row[time] for row in sim.rows("SAGAS") if time in row]
    return int(max(0, min(due) - sim.clock.true)) + TOLERANCE


def _unsettled(sim: Simulation) -> list[str]:
    return unfinished({"SAGAS": sim.rows("SAGAS")})


def _deliver_delayed(driver: Driver) -> None:
    """Continue what is suspended, let the stream deliver again, and deliver delayed calls and dead letters."""
    sim = driver.sim
    sim.stream.is_down = False
    for actor in sim.scheduler.actors:
        actor.suspended = False
    driver.run_until_idle()
    while sim.delayed_calls and not sim.violations:
        effects.deliver_delayed_call(sim, sim.delayed_calls[0])
    _redrive(sim)
    _settle(driver)


def _redrive(sim: Simulation) -> None:
    for queue in sim.queues.queues.values() if HAS_QUEUES else ():
        sim.queues.redrive(queue)


def _resume_parked(driver: Driver) -> None:
    """Restore the gateway and resume every parked order: now it must end."""
    sim = driver.sim
    for order_id in sim.parked_orders():
        sim.clients.read(order_id)
    driver.run_until_idle()
    driver.stop_faults()
    sim.outage_ends = 0
    _redrive(sim)
    effects.restore_gateway(sim)
    for order_id in sim.parked_orders():
        sim.clients.resume(order_id)
    _settle(driver)
    parked = map(sim.trace.order_name, sim.parked_orders())
    sim.violations += [f"{name} is parked again although the gateway is restored" for name in parked]


def _check_guarantees(driver: Driver) -> None:
    for order_id in driver.sim.order_ids:
        driver.sim.clients.read(order_id)
    _sweep_once_more(driver)
    driver.sim.violations += broken_guarantees(driver.sim)


def _sweep_once_more(driver: Driver) -> None:
    """Let the sweeper try again what is set aside."""
    driver.sim.clock.advance(TOLERANCE)
    effects.sweep(driver.sim)
    driver.run_until_idle()


def _repeat_everything(driver: Driver) -> None:
    """Repeat every step, execution and delivery without idempotency records: nothing changes."""
    sim = driver.sim
    if not sim.plan.repeat_all:
        return
    sim.coverage = Coverage()  # a separate one: what always happens says nothing about the exploration
    before = _rows(sim)
    for repeat in list(_repeats(sim)):
        for key in list(sim.db.tables[tables.idempotency()]):
            sim.db.delete(tables.idempotency(), key)
        repeat()
        driver.run_until_idle()
    _sweep_once_more(driver)
    after = _rows(sim)
    changed = [row for row in after.keys() | before.keys() if before.get(row) != after.get(row)]
    sim.violations += [*(f"a late repeat changed {row}" for row in changed), *broken_guarantees(sim)]


def _repeats(sim: Simulation) -> Iterator[Callable[[], object]]:
    for saga_id, saga in list(sim.sagas.items()):
        yield from (partial(effects.call_out_of_turn, sim, step, saga_id) for step in states(saga))
        yield partial(sim.sfn.execute, f"{saga_id}-late", saga_id)
    yield from (partial(each.deliver, each.delivered) for each in sim.stream.consumers if each.delivered)
    yield from (partial(effects.report_execution, sim, each) for each in sim.sfn.broken())
    for request in sim.plan.requests:
        if request.key and sim.clients.has_placed(request):
            yield partial(sim.clients.place, request)
            yield partial(sim.clients.place, request, other_body=True)
    for each in sim.clients.returned:
        if each.wish.key and each.return_id:
            yield partial(sim.clients.give_back, each.order_id, each.wish)


def _rows(sim: Simulation) -> dict[tuple[str, ...], dict[str, object]]:
    """Return every row, without attributes that only count calls or deliveries."""
    return {
        (table, *(str(row[name]) for name in ("id", "orderId", "eventType", "productId") if name in row)): {
            name: value for name, value in row.items() if name not in COUNTERS
        }
        for table in CHECKED_TABLES
        for row in sim.rows(table)
    }
