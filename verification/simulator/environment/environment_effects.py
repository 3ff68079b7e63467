"""What the environment does to a run."""

import json
from typing import Any

from botocore.exceptions import ClientError

from payment.port import IntentStatus
from payment.simulated import SimulatedGateway, ledger
from sagakit.queues.message import Message
from tests.support.steps import sample
from verification.simulator.dynamodb.expressions import Item
from verification.simulator.names.saga_table import (
    CANCEL,
    FAIL,
    FORWARD_STATES,
    HAS_QUEUES,
    PAUSE,
    PAUSE_RETURN,
    RETURN,
    SAGA,
)
from verification.simulator.world.scheduler import Call, Result
from verification.simulator.world.simulation import Simulation
from verification.simulator.world.step_functions import Execution

EXECUTION_BROKE, SWEEP = sample("recover_order"), sample("sweep_orders")
SWEEPERS = ("SweepOutbox", "SweepOrders", "ReportBacklog")  # run every minute
OUT_OF_TURN = "out-of-turn"  # in the names of runs
ERROR = {"Error": "OutOfTurn", "Cause": ""}
INPUTS: dict[str, dict[str, Any]] = {
    PAUSE: {"state": FORWARD_STATES[0], "error": ERROR},
    PAUSE_RETURN: {"state": RETURN.forward[0].state, "error": ERROR},
    CANCEL: {"error": ERROR},
    FAIL: {"failures": {}},
}
MAX_ATTEMPTS = 3  # Lambda retries a failed asynchronous invocation twice


def sweep(sim: Simulation, *functions: str) -> None:
    """Start the sweepers, or only some of them."""
    for function in functions or SWEEPERS:
        sim.invoke("sweeper", function, SWEEP, lambda _: None)


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
    if HAS_QUEUES:
        run = f"{order_id}-{OUT_OF_TURN}-{len(sim.queues.executions)}"
        sim.queues.put(Message(SAGA.name, order_id, run, function, **INPUTS.get(function, {})))
        return
    payload = {"orderId": order_id, **INPUTS.get(function, {})}
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
    """End the gateway's outage for all payments, and settle those that are processing."""
    for row in [row for row in sim.rows("GATEWAY_LEDGER") if "taken" in row]:
        SimulatedGateway().restore(row["id"])
        settle(sim, row)


def settle(sim: Simulation, intent: Item) -> None:
    """Let a payment that is processing settle when it is asked about next."""
    (row,) = (row for row in sim.rows("GATEWAY_LEDGER") if row["id"] == intent["id"])
    if row["status"] == IntentStatus.PROCESSING:
        sim.db.put(ledger(), {**row, "settlesAt": 0})


def deliver_delayed_call(sim: Simulation, call: Call) -> None:
    """Let a call take effect whose caller has given up."""
    sim.delayed_calls.remove(call)
    try:
        sim.perform(call)
    except ClientError:
        return  # its caller never learns of the refusal
