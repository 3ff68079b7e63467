"""What the environment does to a run."""

import json
from typing import Any

from botocore.exceptions import ClientError

from payment.simulated import SimulatedGateway, ledger
from tests.support.steps import sample
from verification.simulator.names.saga_table import CANCEL, FAIL
from verification.simulator.world.scheduler import Call, Result
from verification.simulator.world.simulation import Simulation
from verification.simulator.world.step_functions import Execution

EXECUTION_BROKE, SWEEP = sample("recover_order"), sample("sweep_orders")
MAX_ATTEMPTS = 3  # Lambda retries a failed asynchronous invocation twice


def sweep(sim: Simulation) -> None:
    """Start the sweep that runs every minute."""
    sim.invoke("sweeper", "SweepOrders", SWEEP, lambda _: None)


def report_execution(sim: Simulation, execution: Execution, attempt: int = 1) -> None:
    """Send recovery the event about an ended execution, again if recovery fails."""

    def on_end(result: Result) -> None:
        if result.error and attempt < MAX_ATTEMPTS:
            report_execution(sim, execution, attempt + 1)

    if execution in sim.sfn.unreported:
        sim.sfn.unreported.remove(execution)
    ended = {"name": execution.name, "status": execution.status, "cause": execution.cause}
    detail = {**EXECUTION_BROKE["detail"], **ended, "input": json.dumps({"orderId": execution.order_id})}
    sim.invoke("recovery", "RecoverOrder", {**EXECUTION_BROKE, "detail": detail}, on_end, execution.order_id)


def call_out_of_turn(sim: Simulation, function: str, order_id: str) -> None:
    """Call a step out of turn, as an operator or a wrong state machine might."""
    sim.called_out_of_turn.add(order_id)
    inputs: dict[str, dict[str, Any]] = {CANCEL: {"error": {"Error": "OutOfTurn", "Cause": ""}}, FAIL: {"failures": {}}}
    payload = {"orderId": order_id, **inputs.get(function, {})}
    sim.invoke("out of turn", function, payload, lambda _: None, order_id)


def pass_time(sim: Simulation, milliseconds: int) -> None:
    """Let time pass."""
    sim.trace.add("clock", f"advances by {milliseconds / 1000:g} s")
    sim.clock.advance(milliseconds)


def forget_keys(sim: Simulation) -> None:
    """Let the gateway forget its idempotency keys, as it may after a day."""
    rows = sim.db.tables[ledger()]
    for key in [key for key in rows if key[0].startswith("key#")]:
        sim.forgotten_keys.append(rows[key].plain)
        sim.db.delete(ledger(), key)


def restore_gateway(sim: Simulation) -> None:
    """End the gateway's outage for all payments."""
    for row in [row for row in sim.rows("GATEWAY_LEDGER") if "taken" in row]:
        SimulatedGateway().restore(row["id"])


def deliver_delayed_call(sim: Simulation, call: Call) -> None:
    """Let a call take effect whose caller has given up."""
    sim.delayed_calls.remove(call)
    try:
        sim.perform(call)
    except ClientError:
        return  # its caller never learns of the refusal
