"""What the environment may do at any moment: clients, time, the relay, recovery and the gateway."""

import os
from collections.abc import Iterator
from functools import partial

from payment.breaker import CIRCUIT
from payment.port import IntentStatus
from payment.simulated import SimulatedGateway
from sagakit import guard, tables
from sagakit.guard import is_paused
from verification.simulator.environment import environment_effects as effects
from verification.simulator.environment.outbox_actions import OUTBOX_ACTIONS, Action, Options
from verification.simulator.environment.queue_actions import QUEUE_ACTIONS
from verification.simulator.names.saga_table import HAS_QUEUES, SAGA, states
from verification.simulator.run_plan import WISHES
from verification.simulator.world.outage import UNREADABLE, all_outages
from verification.simulator.world.sharded_stock import level
from verification.simulator.world.simulation import Simulation

# Milliseconds: a break and a lease; the relay's delay, an order's deadline and the life of an idempotency record.
SECONDS, MINUTES = (1_000, 6_000), (65_000, 430_000, 660_000)
DEADLINE = guard.setting_ms(f"{SAGA.name.upper()}_DEADLINE_SECONDS") + 1_000
PATIENCE = guard.setting_ms("COMPENSATION_PATIENCE_SECONDS") + 1_000
PROCESSING = IntentStatus.PROCESSING
SHARDS = (2, 3)  # that the operator spreads a product's stock over


def _resume(sim: Simulation, *, waiting: bool) -> Iterator[Action]:
    """Let the operator resume the orders that wait, parked or paused, or those that don't."""
    orders = (row["orderId"] for row in sim.rows("SAGAS") if ("parked" in row or is_paused(row)) == waiting)
    yield from (partial(sim.clients.resume, order_id) for order_id in orders)


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


def _sweeper(function: str) -> Options:
    return lambda sim: [partial(effects.sweep, sim, function)]


def perform(sim: Simulation, name: str, action: Action) -> None:
    """Perform an action, and record it."""
    sim.coverage.count("environment", name)
    sim.trace.add("environment", name)
    action()


# Only where a state machine coordinates.
MACHINE_ACTIONS: dict[str, Options] = {
    "order paused": lambda sim: (
        partial(effects.call_out_of_turn, sim, saga.name_for("Pause{}"), saga_id) for saga_id, saga in sim.sagas.items()
    ),
    "execution reported": lambda sim: (partial(effects.report_execution, sim, each) for each in sim.sfn.broken()),
    "report lost": lambda sim: (partial(sim.sfn.unreported.remove, it) for it in sim.sfn.unreported),
    "customer returns": lambda sim: (
        partial(sim.clients.give_back, order_id, wish) for wish in WISHES for order_id in sim.order_ids
    ),
}
ENVIRONMENT_ACTIONS: dict[str, Options] = {
    "customer cancels": lambda sim: (partial(sim.clients.cancel, order_id) for order_id in sim.order_ids),
    "client retries": lambda sim: (partial(sim.clients.place, request) for request in sim.plan.requests),
    "client reuses its key": lambda sim: (
        partial(sim.clients.place, request, other_body=True) for request in sim.plan.requests
    ),
    "customer reads": lambda sim: (partial(sim.clients.read, order_id) for order_id in sim.order_ids),
    "operator resumes": partial(_resume, waiting=True),
    "operator resumes an order that does not wait": partial(_resume, waiting=False),
    "operator levels stock": lambda sim: (
        partial(level, sim, product, shards) for product in ("monitor", "laptop") for shards in SHARDS
    ),
    "gateway restored": lambda sim: (
        partial(SimulatedGateway().restore, row["id"]) for row in sim.rows("GATEWAY_LEDGER") if "taken" in row
    ),
    "gateway settles": lambda sim: (
        partial(effects.settle, sim, row) for row in sim.rows("GATEWAY_LEDGER") if row.get("status") == PROCESSING
    ),
    "gateway forgets keys": lambda sim: [partial(effects.forget_keys, sim)],
    "sweep": lambda sim: [partial(effects.sweep, sim)],
    **{f"only {name}": _sweeper(name) for name in effects.SWEEPERS},
    "sweep a minute later": lambda sim: [partial(_sweep_after, sim, 65_000)],
    "sweep after an execution": lambda sim: [partial(_sweep_after, sim, 430_000)],
    "sweep after the deadline": lambda sim: [partial(_sweep_after, sim, DEADLINE)],
    "patience over": lambda sim: [partial(_sweep_after, sim, PATIENCE)],
    **OUTBOX_ACTIONS,
    **(QUEUE_ACTIONS if HAS_QUEUES else MACHINE_ACTIONS),
    "dependency down": lambda sim: (
        partial(sim.begin_outage, outage) for outage in (() if sim.is_down else all_outages(of_returns=True))
    ),
    "events unreadable": lambda sim: (
        partial(sim.begin_outage, outage)
        for outage in (() if sim.is_down else all_outages(of_returns=True))
        if outage.kind == UNREADABLE
    ),
    "duplicate execution": lambda sim: (partial(sim.sfn.execute, f"{id_}-again", id_) for id_ in sim.sagas),
    "step out of turn": lambda sim: (
        partial(effects.call_out_of_turn, sim, step, saga_id)
        for saga_id, saga in sim.sagas.items()
        for step in states(saga)
    ),
    "seconds pass": lambda sim: (partial(effects.pass_time, sim, duration) for duration in SECONDS),
    "minutes pass": lambda sim: (partial(effects.pass_time, sim, duration) for duration in MINUTES),
    "a day passes": lambda sim: [partial(effects.pass_time, sim, PATIENCE)],
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
