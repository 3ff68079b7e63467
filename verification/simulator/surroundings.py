"""What the surroundings do to a run, one thing at a time."""

import json
from typing import Any

from botocore.exceptions import ClientError

from payment.simulated import ledger
from tests.support.steps import sample
from verification.simulator.actors import Call, Ended
from verification.simulator.run import Run
from verification.simulator.step_functions import Execution
from verification.simulator.table import CANCEL, FAIL

BROKEN, SWEEP = sample("recover_order"), sample("sweep_orders")
MOST_TELLINGS = 3  # an asynchronous invocation that fails is tried twice more


def sweep(run: Run) -> None:
    """Let the minute's sweep begin."""
    run.act("sweeper", "SweepOrders", SWEEP, lambda _: None)


def tell(run: Run, execution: Execution, telling: int = 1) -> None:
    """Tell recovery how an execution ended; it is told again when it fails."""
    if execution in run.sfn.untold:
        run.sfn.untold.remove(execution)
    name = {"name": execution.name, "status": execution.status, "cause": execution.cause}
    detail = {**BROKEN["detail"], **name, "input": json.dumps({"orderId": execution.order_id})}

    def ended(end: Ended) -> None:
        if end.error and telling < MOST_TELLINGS:
            tell(run, execution, telling + 1)
        elif not end.error:
            run.tally.hit("recovery", f"told {execution.status}: {end.value['move']}")

    run.act("recovery", "RecoverOrder", {**BROKEN, "detail": detail}, ended, execution.order_id)


def stray(run: Run, function: str, order_id: str) -> None:
    """Call a step out of turn, as an operator might, or a state machine that is wrong."""
    run.strays.add(order_id)
    rest: dict[str, dict[str, Any]] = {
        CANCEL: {"error": {"Error": "Stray", "Cause": ""}},
        FAIL: {"failures": {}},
    }
    run.act("stray", function, {"orderId": order_id, **rest.get(function, {})}, lambda _: None, order_id)


def pass_by(run: Run, milliseconds: int) -> None:
    """Let time pass."""
    run.story.tell("the clock", f"goes on by {milliseconds / 1000:g} s")
    run.clock.pass_by(milliseconds)


def forget_keys(run: Run) -> None:
    """Let the gateway forget its idempotency keys, as it may after a day."""
    rows = run.db.tables[ledger()]
    for key in [key for key in rows if key[0].startswith("key#")]:
        run.forgotten.append(rows[key].plain)
        run.db.delete(ledger(), key)


def arrive(run: Run, call: Call) -> None:
    """Let a call that was given up take effect after all."""
    run.late.remove(call)
    try:
        run.perform(call)
    except ClientError:
        return  # nobody hears that it was refused
