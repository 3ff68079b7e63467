"""Transactions as clients see them: orders of one line that queues coordinate, with statuses and steps of their own."""

from typing import Any

from order.money import to_number
from order.views import iso, progress
from sagakit.dynamodb import Item
from sagakit.event import ID, History
from sagakit.saga import Saga, Status
from sagakit.step import Outcome

STATUSES = {
    Status.PENDING: "STARTED",
    Status.CANCELLING: "STARTED",
    Status.CONFIRMED: "COMPLETED",
    Status.FAILED: Status.FAILED,
}
# What clients know the steps as, in the order of the table. Any further step has the name of its state.
NAMES = ("ORDER_PROCESSING", "PAYMENT_PROCESSING", "INVENTORY_UPDATE")


def transaction_view(row: Item, history: History) -> dict[str, Any]:
    """Return the client's view of a transaction. Its steps are derived from its history."""
    names = _names(history.saga)
    done = [names[state] for state, event in _recorded(history.saga) if history.find(event)]
    back = [(names[each.undoes.state], each.event) for each in history.saga.compensations]
    undone = [name for name, event in back if name in done and history.find(event)]
    failed = next((names[event.state] for event in history if event.outcome == Outcome.REFUSED), None)
    (line,) = row["items"]
    return {
        "transactionId": row[ID],
        "status": STATUSES[row["status"]],
        "currentStep": "COMPLETED" if row["status"] == Status.CONFIRMED else failed or _next(names, done),
        "steps": list(names.values()),
        "completedSteps": done,
        **({"failedStep": failed} if failed else {}),
        **({"undoneSteps": undone} if undone else {}),
        "customerId": row["customerId"],
        "productId": line["productId"],
        "quantity": line["quantity"],
        "amount": to_number(row["totalAmount"]),
        "createdAt": iso(row["createdAt"]),
        "updatedAt": iso(row["updatedAt"]),
        **{"error" if name == "reason" else name: value for name, value in progress(row).items()},
    }


def _next(names: dict[str, str], done: list[str]) -> str:
    """Return the first step that is not done; the last one until its transaction is confirmed."""
    return next((name for name in names.values() if name not in done), done[-1])


def _recorded(saga: Saga) -> list[tuple[str, str]]:
    """Return the states of a transaction and the event that completes each; the start has no state."""
    return [("", saga.started), *((step.state, step.event) for step in saga.forward)]


def _names(saga: Saga) -> dict[str, str]:
    states = [state for state, _ in _recorded(saga)]
    return dict(zip(states, [*NAMES, *states[len(NAMES) :]], strict=False))
