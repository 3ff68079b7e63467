"""What must hold for an order's row: what may happen to its status, and who finds it while it is open."""

from collections.abc import Iterator
from typing import Any

from sagakit.saga import Status
from sagakit.step import Outcome
from verification.simulator.checker.patience import cancelled, parked
from verification.simulator.checker.waiting import due_soon, resumed, waited
from verification.simulator.names.saga_table import RETURN
from verification.simulator.world.simulation import Simulation

STRAIGHT = {None: {Status.PENDING}, Status.PENDING: {Status.PENDING, Status.CONFIRMED}}  # of a return
TRANSITIONS = {
    None: {Status.PENDING},
    Status.PENDING: {Status.PENDING, Status.CONFIRMED, Status.CANCELLING},
    Status.CANCELLING: {Status.CANCELLING, Status.FAILED},
}
WAITING = {"open", "dueAt", "deadlineAt"}  # the attributes of an open row
BY_STEPS = (Outcome.INTENDED, Outcome.DONE, Outcome.REFUSED, Outcome.UNDONE)


class SagaRows:
    """Checks changes of orders' rows."""

    def __init__(self, sim: Simulation) -> None:
        self._sim = sim

    def change(self, before: Any, after: Any) -> Iterator[str]:
        """Check one write."""
        name = self._sim.trace.order_name((after or before)["orderId"])
        yield from (f"{name} {problem}" for problem in self._problems(before, after))

    def _problems(self, before: Any, after: Any) -> Iterator[str]:
        if after is None:
            yield "was deleted"
            return
        old_status = before and before["status"]
        possible = STRAIGHT if after["saga"] == RETURN.name else TRANSITIONS
        if after["status"] not in possible.get(old_status, set()):
            yield f"went from {old_status} to {after['status']}"
        yield from _visible(after)
        if before and before["createdAt"] != after["createdAt"]:
            yield "was placed again"
        if before and before.get("reason", after.get("reason")) != after.get("reason"):
            yield "got another reason"
        if before:
            yield from self._steps(before, after)
        elif not due_soon(self._sim, after):
            yield f"is due in {after['dueAt'] - self._sim.clock.true} ms after it was placed"

    def _steps(self, before: Any, after: Any) -> Iterator[str]:
        """Check what happened to an order that existed before."""
        event = self._newest_event(after)
        if after["updatedAt"] != event["at"]:
            yield f"was last updated at {after['updatedAt']}, but {event['eventType']} is its newest event"
        elif after["updatedAt"] == before["updatedAt"]:
            yield from waited(self._sim, before, after)
        else:
            yield from self._recorded(before, after, event)

    def _recorded(self, before: Any, after: Any, event: Any) -> Iterator[str]:
        """Check what an event changed in the row."""
        if event["startsSaga"] and not due_soon(self._sim, after):
            yield f"is due in {after['dueAt'] - self._sim.clock.true} ms after {event['eventType']}"
        match event["outcome"]:
            case Outcome.RESUMED:
                yield from resumed(self._sim, before, after, event)
            case Outcome.PARKED if "parked" in before:
                yield "is parked again, although nobody resumed it"
            case Outcome.PARKED:
                yield from parked(self._sim, before, after)
            case Outcome.CANCELLING:
                yield from cancelled(self._sim, before, after)
            case outcome if outcome in BY_STEPS and {**before, "updatedAt": event["at"]} != after:
                yield f"got {event['eventType']}, and something else changed"

    def _newest_event(self, order: Any) -> Any:
        """Return the newest event of the saga, apart from the returns that it has accepted: those do not concern it."""
        rows = (row for row in self._sim.rows("EVENTS") if row["orderId"] == order["orderId"] and "outcome" in row)
        own = (row for row in rows if row["outcome"] != Outcome.RETURNING)
        return max(own, key=lambda row: row["at"], default={"eventType": "no event", "at": 0})


def _visible(order: Any) -> Iterator[str]:
    """Check that the sweeper finds an open order by its deadline, and that no other order is paused or being tried."""
    is_open = order["status"] in (Status.PENDING, Status.CANCELLING) and "parked" not in order
    if order.keys() & WAITING != (WAITING if is_open else set()):
        yield f"is {order['status']} with {sorted(order.keys() & WAITING)}"
    elif is_open and order["dueAt"] > order["deadlineAt"]:
        yield "is due after its deadline"
    elif is_open and order["dueAt"] != min(
        order.get("paused", {}).get("nextAttemptAt", order["dueAt"]), order["deadlineAt"]
    ):
        yield "is not due when it is tried next"
    for name in ("paused", "started"):
        if name in order and not is_open:
            yield f"is {order['status']}{' and parked' if 'parked' in order else ''}, but {name}"
