"""What must hold at any moment, checked after every write."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from saga.reconcile.invariants import violations
from sagakit.saga import Status
from sagakit.step import Outcome
from tests.support.template import tables_of_record
from verification.simulator.checker.event_order import impossible, overtaken
from verification.simulator.checker.message_rules import MessageRules
from verification.simulator.checker.outbox_rows import BOOKKEEPING, OutboxRows
from verification.simulator.checker.return_rules import Returns
from verification.simulator.checker.saga_rows import SagaRows
from verification.simulator.checker.supporting_tables import SupportingTables
from verification.simulator.dynamodb.in_memory_dynamodb import Change, Row
from verification.simulator.names.operation_names import event_kind, table_name
from verification.simulator.names.saga_table import EVENTS, HAS_QUEUES, SAGA, SAGAS
from verification.simulator.world.malformed_events import POISON
from verification.simulator.world.simulation import Simulation

CHECKED_TABLES = tables_of_record()


class InvariantChecker:
    """Checks every write of a simulation, and reports violations to it."""

    def __init__(self, sim: Simulation) -> None:
        self._sim = sim
        self._changed = True
        self._supporting, self._outbox = SupportingTables(sim), OutboxRows(sim)
        self._checks = {
            "sagas": SagaRows(sim).change,
            "events": self._event,
            "gateway": self._supporting.intent,
            "circuit": self._supporting.circuit,
            "idempotency": self._supporting.idempotency,
        }
        self._returns = Returns(sim)
        if HAS_QUEUES:
            sim.queues.rules = MessageRules(sim)
        sim.on_change, sim.after_call = self._check_change, self._check_invariants

    def _check_change(self, change: Change) -> None:
        table = table_name(change.table)
        self._changed |= table not in ("idempotency", "circuit")
        check = self._outbox.poison if change.key[0] == POISON else self._checks.get(table)
        if check:
            self._sim.violations += check(_plain(change.before), _plain(change.after))

    def _check_invariants(self) -> None:
        if self._changed:
            self._changed = False
            self._sim.violations += [*violations(self._rows()), *self._returns.violations()]

    def _rows(self) -> dict[str, list[Any]]:
        """Return all rows, with the keys that the gateway forgot and without poison."""
        rows = {table: self._sim.rows(table) for table in CHECKED_TABLES}
        rows["EVENTS"] = [row for row in rows["EVENTS"] if row["orderId"] != POISON]
        rows["GATEWAY_LEDGER"] += self._sim.forgotten_keys
        return rows

    def _event(self, before: Any, after: Any) -> Iterator[str]:
        if after is None or "orderId" not in after or "eventType" not in after:
            yield f"an event was deleted: {before}"
        elif before is None:
            yield from self._new_event(after)
        elif _immutable(before) != _immutable(after):
            yield f"{_name(after)} was rewritten"
        else:
            yield from self._outbox.changed(before, after)

    def _new_event(self, event: Any) -> Iterator[str]:
        """Events are recorded in a possible order, and no step forward is recorded after the decision."""
        if "at" not in event:
            yield f"{_name(event)} is not an event"
            return
        rows = [row for row in self._sim.rows("EVENTS") if row["orderId"] == event["orderId"]]
        history = [event_type for _, event_type in sorted((row["at"], row["eventType"]) for row in rows)]
        yield from impossible(history)
        yield from overtaken(event, rows)
        yield from self._unnoticed(event)
        if event["eventType"] == "InventoryRejected" and self._is_enough_for_all():
            yield "InventoryRejected although there is enough for every order"
        if event["eventType"] == "PaymentDeclined" and event["detail"]["intentId"] not in self._supporting.declined:
            yield "PaymentDeclined is recorded, but the gateway did not decline"
        if event["eventType"] == "PaymentMismatched" and event["detail"]["intentId"] in self._supporting.charged:
            yield "PaymentMismatched is recorded, but the gateway has charged the amount"
        yield from _wrong_provenance(event)
        yield from self._outbox.recorded(event)
        if any(event["eventType"] in saga.guarded for saga in SAGAS):
            status = next(row["status"] for row in self._sim.rows("SAGAS") if row["orderId"] == event["orderId"])
            if status != Status.PENDING:
                yield f"{_name(event)} is recorded while the order is {status}"

    def _unnoticed(self, event: Any) -> Iterator[str]:
        """Check that the saga's row moves to the time of its newest event: the next decision depends on it."""
        if event["outcome"] != Outcome.RETURNING:
            rows = (row for row in self._sim.rows("SAGAS") if row["orderId"] == event["orderId"])
            wrong = (row for row in rows if row["updatedAt"] != event["at"])
            yield from (f"{_name(event)} is recorded, but the row is of {row['updatedAt']}" for row in wrong)

    def _is_enough_for_all(self) -> bool:
        """Return whether the initial stock is enough for all orders together, including those that failed."""
        wanted = Counter[str]()
        for order in (row for row in self._sim.rows("SAGAS") if row["saga"] == SAGA.name):
            wanted.update({line["productId"]: line["quantity"] for line in order["items"]})
        return all(
            wanted[row["productId"]] <= row["stocked"] for row in self._sim.rows("INVENTORY") if "stocked" in row
        )


def _wrong_provenance(event: Any) -> Iterator[str]:
    """Check that an event names its saga, its outcome, and the state that recorded it."""
    kind = event_kind(event["eventType"])
    saga, outcome, state = (event.get(name, "") for name in ("saga", "outcome", "state"))
    if kind not in EVENTS:
        yield f"{_name(event)} is not in the sagas' tables"
        return
    right_saga, right_outcome, states = EVENTS[kind]
    if (saga, outcome) != (right_saga, right_outcome) or state not in states:
        yield f"{_name(event)} has the wrong provenance: saga {saga}, outcome {outcome}, state {state}"


def _plain(row: Row | None) -> Any:
    return row and row.plain


def _immutable(event: Any) -> Any:
    return {name: value for name, value in event.items() if name not in BOOKKEEPING}


def _name(event: Any) -> str:
    return str(event.get("eventType", event))
