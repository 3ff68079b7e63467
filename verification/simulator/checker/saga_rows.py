"""What must hold for an order's row: what may happen to its status, and who finds it while it is open."""

from collections.abc import Iterator
from typing import Any

from sagakit.saga import Status
from sagakit.step import Outcome
from verification.simulator.checker.patience import cancelled, parked
from verification.simulator.checker.waiting import paused, resumed
from verification.simulator.names.saga_table import RETURN
from verification.simulator.world.simulation import Simulation

STRAIGHT = {None: {Status.PENDING}, Status.PENDING: {Status.PENDING, Status.CONFIRMED}}  # of a return
TRANSITIONS = {
    None: {Status.PENDING},
    Status.PENDING: {Status.PENDING, Status.CONFIRMED, Status.CANCELLING},
    Status.CANCELLING: {Status.CANCELLING, Status.FAILED},
}
WAITING = {"open", "dueAt", "deadlineAt"}  # the attributes of an open row


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

    def _steps(self, before: Any, after: Any) -> Iterator[str]:
        """Check what happened to an order that existed before."""
        if after["updatedAt"] == before["updatedAt"]:
            yield from paused(self._sim, before, after)
        elif (event := self._event_of(after)) and event["outcome"] == Outcome.RESUMED:
            yield from resumed(self._sim, before, after, event)
        elif "parked" in after and "parked" not in before:
            yield from parked(self._sim, before, after)
        elif after["status"] == Status.CANCELLING != before["status"]:
            yield from cancelled(self._sim, before, after)

    def _event_of(self, order: Any) -> Any:
        """Return the event that was written together with the row."""
        same = (order["orderId"], order["updatedAt"])
        rows = (row for row in self._sim.rows("EVENTS") if (row["orderId"], row.get("at")) == same)
        return next((row for row in rows if "outcome" in row), None)


def _visible(order: Any) -> Iterator[str]:
    """Check that the sweeper finds an open order by its deadline, and that no other order is paused."""
    is_open = order["status"] in (Status.PENDING, Status.CANCELLING) and "parked" not in order
    if order.keys() & WAITING != (WAITING if is_open else set()):
        yield f"is {order['status']} with {sorted(order.keys() & WAITING)}"
    elif is_open and order["dueAt"] > order["deadlineAt"]:
        yield "is due after its deadline"
    elif is_open and order["dueAt"] != min(
        order.get("paused", {}).get("nextAttemptAt", order["dueAt"]), order["deadlineAt"]
    ):
        yield "is not due when it is tried next"
    if "paused" in order and not is_open:
        yield f"is {order['status']}{' and parked' if 'parked' in order else ''}, but paused"
