"""The rules of waiting: how an order is paused, and how it is resumed."""

from collections.abc import Iterator
from typing import Any

from sagakit.saga import Status
from verification.simulator.names.saga_table import FINAL, FORWARD_STATES, RETURN
from verification.simulator.world.simulation import Simulation

FIRST_WAIT, MAX_WAIT = 10_000, 300_000  # milliseconds
PATIENCE = 86_400_000  # milliseconds
RECORDED_LATE = 10  # milliseconds, by which a long history is ahead of the clock, because each event has its own
EXECUTION_ENDS = 360_000  # milliseconds after its start, at the latest


def paused(sim: Simulation, before: Any, after: Any) -> Iterator[str]:
    """Check a write that changes neither the status nor the history: a pause, or a new time to look."""
    earlier = before["dueAt"] - after["dueAt"] - 2 * sim.plan.skew
    if earlier > 0 and before.get("paused") == after.get("paused"):
        yield "is due earlier without a pause"
    if before.get("paused") != after.get("paused"):
        yield from _new_pause(sim, before.get("paused", {}), after)
    kept = before.keys() - {"paused", "dueAt"}
    if {name: before[name] for name in kept} != {name: after.get(name) for name in kept}:
        yield "was paused, and something else changed"


def _new_pause(sim: Simulation, before: Any, order: Any) -> Iterator[str]:
    """Check that each attempt is counted, and that the wait doubles with it."""
    pause = order.get("paused", {})
    if "nextAttemptAt" not in pause:
        yield f"has the pause {pause} after {before}"
        return
    if "nextAttemptAt" in before:
        yield from _moved(sim, before, pause)
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


def _moved(sim: Simulation, before: Any, pause: Any) -> Iterator[str]:
    """Check that only the next attempt moved, when it was due: what was about to start takes its place."""
    if {**pause, "nextAttemptAt": 0} != {**before, "nextAttemptAt": 0}:
        yield f"has the pause {pause} after {before}"
    now, tolerance = sim.clock.true, 2 * sim.plan.skew
    if now < before["nextAttemptAt"] - tolerance:
        yield f"was not due for {before['nextAttemptAt'] - now} ms, and is tried later"
    if pause["nextAttemptAt"] > now + EXECUTION_ENDS + tolerance:
        yield f"is not tried for {pause['nextAttemptAt'] - now} ms"


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
    if "parked" not in before and "nextAttemptAt" not in before.get("paused", {}):
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
    if _has_undispatched(sim, after):
        yield "was resumed by recovery, but its last execution has not been started yet"
    if after["deadlineAt"] != before["deadlineAt"]:
        yield "was resumed by recovery, and its deadline changed"


def _has_undispatched(sim: Simulation, order: Any) -> bool:
    """Return whether an event that recovery must have seen is still to start an execution."""
    events = [event for event in sim.rows("EVENTS") if event["orderId"] == order["orderId"]]
    waiting = [event for event in events if event.get("undispatched", "").startswith("u#")]
    looked = sim.scheduler.running.born if sim.scheduler.running else 0
    return any(sim.recorded_at[event["orderId"], event["eventType"]] < looked for event in waiting)
