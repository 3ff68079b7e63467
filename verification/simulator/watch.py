"""What must hold at every moment, looked at after every write; what does not is told in words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from saga.invariants import violations
from sagakit.saga import Status
from tests.support.template import tables_of_record
from verification.simulator.helpers import Helpers
from verification.simulator.history import impossible, overtaken
from verification.simulator.labels import short
from verification.simulator.odd_rows import POISON
from verification.simulator.table import MAKERS, OUTCOMES, SAGA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verification.simulator.database import Change, Row
    from verification.simulator.run import Run

WATCHED = tables_of_record()
NEXT = {
    None: {Status.PENDING},
    Status.PENDING: {Status.PENDING, Status.CONFIRMED, Status.CANCELLING},
    Status.CANCELLING: {Status.CANCELLING, Status.FAILED},
}
BOOKKEEPING = ("undispatched", "attempts")  # what may change in an event's row


class Watch:
    """Sees every write of a run, and notes what is wrong."""

    def __init__(self, run: Run) -> None:
        self.found: list[str] = []
        self._run = run
        self._changed = False
        self._helpers = Helpers(run)
        self._looks = {
            "sagas": self._order,
            "events": self._event,
            "gateway": self._helpers.intent,
            "circuit": self._helpers.circuit,
            "idempotency": self._helpers.idempotency,
        }

    def see(self, change: Change) -> None:
        """Look at one item that a write changed."""
        table = short(change.table)
        self._changed |= table not in ("idempotency", "circuit")
        look = _no_event if change.key[0] == POISON else self._looks.get(table)
        if look:
            self.found += look(_plain(change.before), _plain(change.after))

    def check(self) -> None:
        """Look at everything, if it changed."""
        if self._changed:
            self._changed = False
            self.found += violations(self.everything())

    def everything(self) -> dict[str, list[Any]]:
        """Give all rows, as they ought to be: keys that the gateway forgot count, rows of strangers do not."""
        seen = {table: self._run.rows(table) for table in WATCHED}
        seen["EVENTS"] = [row for row in seen["EVENTS"] if row["orderId"] != POISON]
        seen["GATEWAY_LEDGER"] = [*seen["GATEWAY_LEDGER"], *self._run.forgotten]
        return seen

    def _order(self, before: Any, after: Any) -> Iterator[str]:
        if after is None:
            yield f"the row of {self._run.story.name(before['orderId'])} is gone"
            return
        name = self._run.story.name(after["orderId"])
        was = before and before["status"]
        if after["status"] not in NEXT.get(was, set()):
            yield f"{name} went from {was} to {after['status']}"
        if before and before["createdAt"] != after["createdAt"]:
            yield f"{name} was placed again"

    def _event(self, before: Any, after: Any) -> Iterator[str]:
        if after is None or "orderId" not in after or "eventType" not in after:
            yield f"an event is gone: {before}"
        elif before is None:
            yield from self._new_event(after)
        elif _fact(before) != _fact(after):
            yield f"{_name(after)} was rewritten"
        elif "undispatched" in before and "undispatched" not in after:
            yield from self._crossed_off(after)

    def _new_event(self, event: Any) -> Iterator[str]:
        """History is in the order in which things happened, and nothing goes forward any more once it is decided."""
        if "at" not in event:
            yield f"{_name(event)} is not an event"
            return
        order_id = event["orderId"]
        told = sorted((row["at"], row["eventType"]) for row in self._run.rows("EVENTS") if row["orderId"] == order_id)
        yield from impossible(event_type for _, event_type in told)
        yield from overtaken(event["eventType"], [event_type for _, event_type in told])
        if event["eventType"] == "InventoryRejected" and self._enough_for_all():
            yield "InventoryRejected, and there is enough for every order"
        if event["eventType"] == "PaymentDeclined" and event["detail"]["intentId"] not in self._helpers.declined:
            yield "PaymentDeclined is told, and the gateway did not say so"
        yield from _made_wrongly(event)
        if event["eventType"] in SAGA.guarded:
            status = next(row["status"] for row in self._run.rows("SAGAS") if row["orderId"] == order_id)
            if status != Status.PENDING:
                yield f"{_name(event)}, and the order is {status}"

    def _enough_for_all(self) -> bool:
        """Tell whether what was stocked is enough for all orders together, those that failed included."""
        wanted = Counter[str]()
        for order in self._run.rows("SAGAS"):
            wanted.update({line["productId"]: line["quantity"] for line in order["items"]})
        return all(wanted[row["productId"]] <= row["stocked"] for row in self._run.rows("INVENTORY"))

    def _crossed_off(self, event: Any) -> Iterator[str]:
        """What is taken off the index has reached the bus, and its execution was started."""
        if event["eventId"] not in self._run.bus.accepted:
            yield f"{_name(event)} is crossed off, and did not reach the bus"
        names = {execution.name for execution in self._run.sfn.executions}
        if event["startsSaga"] and event["eventId"] not in names:
            yield f"{_name(event)} is crossed off, and its saga was not started"


def _made_wrongly(event: Any) -> Iterator[str]:
    """An event says of which saga it is, what it means, and which state made it."""
    kind = event["eventType"].partition("#")[0]
    made = {name: event.get(name, "") for name in ("saga", "outcome", "state")}
    if kind not in OUTCOMES:
        yield f"{_name(event)} stands in no table"
    elif made["state"] not in MAKERS[kind] or made != {**made, "saga": SAGA.name, "outcome": OUTCOMES[kind]}:
        yield f"{_name(event)} is said to be made by {made}"


def _no_event(_before: Any, after: Any) -> Iterator[str]:
    """Where a row was that is not an event, none comes into being by counting attempts."""
    if after is not None and "at" not in after:
        yield f"a row that was gone came back: {after}"


def _plain(row: Row | None) -> Any:
    return row and row.plain


def _fact(event: Any) -> Any:
    return {name: value for name, value in event.items() if name not in BOOKKEEPING}


def _name(event: Any) -> str:
    return str(event.get("eventType", event))
