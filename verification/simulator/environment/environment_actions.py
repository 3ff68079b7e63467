"""What the environment may do at any moment: clients, time, the relay, recovery and the gateway."""

import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from payment.breaker import CIRCUIT
from payment.simulated import SimulatedGateway
from sagakit import tables
from sagakit.event import shard
from sagakit.recovery.store import MAX_ATTEMPTS
from tests.support.template import tasks
from verification.simulator.environment import environment_effects as effects
from verification.simulator.world.outbox_stream import NOT_AN_EVENT, POISON, deleted_event, poison_row
from verification.simulator.world.simulation import Simulation
from verification.simulator.world.step_functions import BROKEN

type Action = Callable[[], object]
type Options = Callable[[Simulation], Iterable[Action]]  # the ways in which an action is possible now

# Milliseconds: a pause and a lease; the relay's delay, an order's deadline and the life of an idempotency record.
SECONDS, MINUTES = (1_000, 6_000), (65_000, 430_000, 660_000)


def _resume(sim: Simulation, *, parked: bool) -> Iterator[Action]:
    orders = (each for each in sim.order_ids if (each in sim.parked_orders()) == parked)
    yield from (partial(sim.clients.resume, order_id) for order_id in orders)


def _deliver_poison(sim: Simulation) -> Iterator[Action]:
    record = sim.stream.record(NOT_AN_EVENT)
    yield lambda: sim.stream.deliver([record, *sim.stream.pending[:2]])
    yield lambda: sim.stream.deliver([record])


def _deliver_deleted(sim: Simulation) -> Iterator[Action]:
    images = (deleted_event(starts_saga=starts_saga) for starts_saga in (False, True))
    yield from (partial(sim.stream.deliver, [sim.stream.record(image)]) for image in images)


def _put_poison_row(sim: Simulation) -> Iterator[Action]:
    kinds = ((shard(order_id), attempts) for order_id in sim.order_ids for attempts in (0, MAX_ATTEMPTS - 1))
    yield from (partial(sim.db.put, tables.events(), poison_row(*kind)) for kind in kinds)


def _change_idempotency_record(sim: Simulation, **change: object) -> Iterator[Action]:
    rows = ({**row, **change} for row in sim.rows("IDEMPOTENCY"))
    yield from (partial(sim.db.put, tables.idempotency(), row) for row in rows)


def _open_circuit(sim: Simulation) -> Iterator[Action]:
    row = {"id": CIRCUIT, "state": "OPEN", "failure_count": 10, "opened_at": sim.clock.true // 1000}

    def action(milliseconds: int) -> None:
        sim.db.put(os.environ["CIRCUIT_BREAKER_TABLE"], row)
        effects.pass_time(sim, milliseconds)

    yield from (partial(action, duration) for duration in (0, SECONDS[-1]))


def _sweep_after(sim: Simulation, milliseconds: int) -> None:
    effects.pass_time(sim, milliseconds)
    effects.sweep(sim)


def perform(sim: Simulation, name: str, action: Action) -> None:
    """Perform an action, and record it."""
    sim.coverage.count("environment", name)
    sim.trace.add("environment", name)
    action()


ENVIRONMENT_ACTIONS: dict[str, Options] = {
    "customer cancels": lambda sim: (partial(sim.clients.cancel, order_id) for order_id in sim.order_ids),
    "client retries": lambda sim: (partial(sim.clients.place, request) for request in sim.plan.requests),
    "client reuses its key": lambda sim: (
        partial(sim.clients.place, request, other_body=True) for request in sim.plan.requests
    ),
    "customer reads": lambda sim: (partial(sim.clients.read, order_id) for order_id in sim.order_ids),
    "operator resumes": partial(_resume, parked=True),
    "operator resumes an unparked order": partial(_resume, parked=False),
    "gateway restored": lambda sim: (
        partial(SimulatedGateway().restore, row["id"]) for row in sim.rows("GATEWAY_LEDGER") if "taken" in row
    ),
    "gateway forgets keys": lambda sim: [partial(effects.forget_keys, sim)],
    "sweep": lambda sim: [partial(effects.sweep, sim)],
    "sweep a minute later": lambda sim: [partial(_sweep_after, sim, 65_000)],
    "sweep after the deadline": lambda sim: [partial(_sweep_after, sim, 430_000)],
    "execution reported": lambda sim: (
        partial(effects.report_execution, sim, each) for each in sim.sfn.executions if each.status in BROKEN
    ),
    "report lost": lambda sim: (partial(sim.sfn.unreported.remove, it) for it in sim.sfn.unreported),
    "stream delivers": lambda sim: (
        partial(sim.stream.deliver, sim.stream.pending[:size]) for size in (1, 3) if sim.stream.pending
    ),
    "record out of order": lambda sim: (partial(sim.stream.deliver, [record]) for record in sim.stream.pending[1:]),
    "record redelivered": lambda sim: (partial(sim.stream.deliver, [record]) for record in sim.stream.delivered),
    "poison record": _deliver_poison,
    "record of a deleted row": _deliver_deleted,
    "records lost": lambda sim: [sim.stream.pending.clear] if sim.stream.pending else [],
    "poison row": _put_poison_row,
    "poison row deleted": lambda sim: (
        partial(sim.db.delete, tables.events(), key) for key in sim.db.tables[tables.events()] if key[0] == POISON
    ),
    "duplicate execution": lambda sim: (partial(sim.sfn.execute, f"{id_}-again", id_) for id_ in sim.order_ids),
    "step out of turn": lambda sim: (
        partial(effects.call_out_of_turn, sim, step, order_id) for order_id in sim.order_ids for step in tasks()
    ),
    "seconds pass": lambda sim: (partial(effects.pass_time, sim, duration) for duration in SECONDS),
    "minutes pass": lambda sim: (partial(effects.pass_time, sim, duration) for duration in MINUTES),
    "idempotency record lost": lambda sim: (
        partial(sim.db.delete, tables.idempotency(), (row["id"],)) for row in sim.rows("IDEMPOTENCY")
    ),
    "idempotency record expired": partial(_change_idempotency_record, expiration=1),
    "idempotency record stuck in progress": partial(
        _change_idempotency_record, status="INPROGRESS", in_progress_expiration=9 * 10**15
    ),
    "circuit opens": _open_circuit,
    "delayed call arrives": lambda sim: (
        partial(effects.deliver_delayed_call, sim, call) for call in sim.delayed_calls
    ),
}
