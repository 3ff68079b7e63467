"""The rules of waiting: how an order is paused, and how it is resumed."""

from collections.abc import Iterator
from typing import Any

from sagakit.guard import is_paused
from sagakit.saga import Status
from verification.simulator.names.saga_table import FINAL, FORWARD_STATES, RETURN
from verification.simulator.world.simulation import Simulation

FOREVER = 10**15  # milliseconds
FIRST_WAIT, MAX_WAIT = 10_000, 300_000  # milliseconds
PATIENCE = 86_400_000  # milliseconds
RECORDED_LATE = 10  # milliseconds, by which a long history is ahead of the clock, because each event has its own
FINAL_FAULTS = {"permanent error", "no credentials"}  # after which an execution cannot be started
SOON = 60_000  # milliseconds after an event that starts an execution
EXECUTION_ENDS = 360_000  # milliseconds after its start, at the latest


def waited(sim: Simulation, before: Any, after: Any) -> Iterator[str]:
    """Check a write that changes neither the status nor the history: a pause, or the mark that it was started."""
    changes = {"paused", "dueAt"}
    if is_paused(before) and before["paused"] != after.get("paused"):
        # A pause that arrives late is written again if the order is due at its deadline, whatever waits.
        if before["dueAt"] < before["deadlineAt"]:
            yield f"waits for {before['paused']}, and is paused again: {after.get('paused')}"
    elif before.get("paused") != after.get("paused"):
        yield from _new_pause(sim, before.get("paused", {}), after)
        yield from _not_started(sim, after)
    else:
        yield from _marked(sim, before, after)
        changes = {"started", "dueAt"}
    if _without(before, changes) != _without(after, changes):
        yield "was paused or marked, and something else changed"


def _without(row: Any, names: set[str]) -> Any:
    return {name: row[name] for name in row.keys() - names}


def _marked(sim: Simulation, before: Any, order: Any) -> Iterator[str]:
    """Check that a mark names the last start, which took place, and that the sweeper waits until it must have ended."""
    start, now, tolerance = _last_start(sim, order), sim.clock.true, 2 * sim.plan.skew
    if is_paused(before):
        yield "waits for its next attempt, and is marked as started"
    if order.get("started") != start["eventType"]:
        yield f"is marked as started by {order.get('started')}, and not by {start['eventType']}"
    if not _was_started(sim, order, start):
        yield f"is marked as started, but {start['eventType']} has started nothing"
    ends = min(order["deadlineAt"], start["at"] + EXECUTION_ENDS)
    if not ends - tolerance <= order["dueAt"] <= min(order["deadlineAt"], now + EXECUTION_ENDS + tolerance):
        yield f"is marked as started, and due in {order['dueAt'] - now} ms"


def due_soon(sim: Simulation, order: Any) -> bool:
    """Return whether the sweeper soon looks at the order, to make sure that it was started."""
    return bool(order.get("dueAt", 0) <= sim.clock.true + SOON + 2 * sim.plan.skew)


def _last_start(sim: Simulation, order: Any, before: int = FOREVER) -> Any:
    """Return the newest event that starts an execution of the order, earlier than `before`."""
    events = (event for event in sim.rows("EVENTS") if event["orderId"] == order["orderId"])
    return max((each for each in events if each["startsSaga"] and each["at"] < before), key=lambda each: each["at"])


def _was_started(sim: Simulation, order: Any, start: Any) -> bool:
    """Return whether the execution of this event was started, or something was recorded since."""
    return order["updatedAt"] > start["at"] or any(run.name == start["eventId"] for run in sim.sfn.executions)


def _new_pause(sim: Simulation, before: Any, order: Any) -> Iterator[str]:
    """Check that each attempt is counted, and that the wait doubles with it."""
    pause = order.get("paused", {})
    if "nextAttemptAt" not in pause:
        yield f"has the pause {pause} after {before}"
        return
    if order["status"] == Status.CANCELLING and pause["state"] in FORWARD_STATES:
        yield f"is CANCELLING, and waits for {pause['state']}"
    again = before.get("state") == pause["state"]
    if pause["attempts"] != (before["attempts"] + 1 if again else 1):
        yield f"has tried {pause['state']} {pause['attempts']} times, after {before}"
    if again and pause["since"] != before["since"]:
        yield "has waited since another time"
    waits, longest = pause["nextAttemptAt"] - pause["since"], pause["nextAttemptAt"] - sim.clock.true
    expected, tolerance = min(MAX_WAIT, FIRST_WAIT * 2 ** (pause["attempts"] - 1)), 2 * sim.plan.skew
    if longest > expected + tolerance or (waits < expected - tolerance if again else waits != expected):
        yield f"is tried again after {waits} ms, {longest} of them from now, not {expected}"
    if pause["reason"] in FINAL.get(pause["state"], ()):
        yield f"is paused, but waiting cannot help with {pause['reason']}"


def _not_started(sim: Simulation, order: Any) -> Iterator[str]:
    """Check that the sweeper pauses only what cannot be started for a reason that may last."""
    sweeper = sim.scheduler.running and sim.scheduler.running.function == "SweepOrders"
    if sweeper and not sim.faults.keys() & FINAL_FAULTS:
        yield f"is paused by the sweeper, although it may be started soon: {order.get('paused')}"


def resumed(sim: Simulation, before: Any, after: Any, event: Any) -> Iterator[str]:
    """Check that a resume is counted, tells what it ends, keeps what waited, and comes when it should."""
    detail, pause = event["detail"], before.get("paused", {})
    if after.get("resumes") != before.get("resumes", 0) + 1:
        yield f"was resumed, and counts {after.get('resumes')} times"
    if any(detail.get(name) != pause.get(name) for name in ("state", "since", "attempts")):
        yield f"waited for {pause}, and {event['eventType']} says {detail}"
    if {**pause, "nextAttemptAt": 0} != {**after.get("paused", {}), "nextAttemptAt": 0} and pause:
        yield "forgot what it waited for"
    if "nextAttemptAt" in after.get("paused", {}) or "parked" in after:
        yield "was resumed, and still waits"
    if detail.get("by") == "operator":
        yield from _by_operator(sim, before, after)
    else:
        yield from _by_recovery(sim, before, after)


def _by_operator(sim: Simulation, before: Any, after: Any) -> Iterator[str]:
    if "parked" not in before and not is_paused(before):
        yield "was resumed by the operator, but did not wait"
    same, past_pivot = after["deadlineAt"] == before.get("deadlineAt"), after["saga"] == RETURN.name
    if not (has_new_patience(sim, after) if after["status"] == Status.CANCELLING or past_pivot else same):
        yield "was resumed by the operator without new patience"


def has_new_patience(sim: Simulation, order: Any) -> bool:
    """Return whether patience began with the last event, whose time is later if an earlier writer's clock was ahead."""
    return bool(0 <= order["updatedAt"] + PATIENCE - order["deadlineAt"] <= 2 * sim.plan.skew + RECORDED_LATE)


def _by_recovery(sim: Simulation, before: Any, after: Any) -> Iterator[str]:
    """Check that the order was due or lost its execution, and that no other one is about to start."""
    if "parked" in before:
        yield "was parked, and recovery resumed it"
        return
    aborted = any(each.status == "ABORTED" for each in sim.sfn.executions if each.order_id == after["orderId"])
    reported = aborted and sim.scheduler.running and sim.scheduler.running.function == "RecoverOrder"
    if after["updatedAt"] < before["dueAt"] and not reported:
        yield f"was resumed {before['dueAt'] - after['updatedAt']} ms too early"
    if not is_paused(before) and not reported:
        yield from _had_its_turn(sim, before, after)
    if after["deadlineAt"] != before["deadlineAt"]:
        yield "was resumed by recovery, and its deadline changed"


def _had_its_turn(sim: Simulation, before: Any, after: Any) -> Iterator[str]:
    """Check that the last execution of an order that nobody reported was started, and must have ended by now."""
    start = _last_start(sim, before, after["updatedAt"])
    if not _was_started(sim, before, start):
        yield f"was resumed by recovery, but {start['eventType']} has started nothing yet"
    if (early := start["at"] + EXECUTION_ENDS - 2 * sim.plan.skew - after["updatedAt"]) > 0:
        yield f"was resumed {early} ms before its last execution must have ended"
