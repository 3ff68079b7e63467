"""The steps of the saga, called one by one with their sample events, and orders in every state."""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from inventory.domain import InsufficientStock
from sagakit import eventlog, guard
from sagakit.parking import park
from sagakit.resuming import resume
from sagakit.saga import Saga
from sagas import ORDER
from tests.support import world
from tests.support.asl import Json
from tests.support.lambdas import Context, handler
from tests.support.template import ROOT

type Answer = dict[str, Any]
type Step = Callable[[str], Answer]
type Bring = Callable[[], str]  # brings a new order to somewhere

WAITS = {"PENDING": "ProcessPayment", "CANCELLING": "RefundPayment"}  # by status: what an order is usually paused at
# By saga name: what starts a saga.
STARTED: dict[str, Callable[[], str]] = {
    "order": world.placed,
    "transaction": world.transaction,
    "return": lambda: world.returned(confirmed()),
}


def sample(stem: str) -> dict[str, Any]:
    """Return a sample event."""
    return dict(json.loads((ROOT / "events" / f"{stem}.json").read_text()))


def call(name: str, order_id: str, **payload: Json) -> Answer:
    """Call a state's function as the state machine does."""
    return dict(handler(f"{name}Function")({**_sample_of(name), "orderId": order_id, **payload}, Context()))


def _sample_of(state: str) -> dict[str, Any]:
    """Return the sample event of a state: its own, or that of the same decision about an order, or none."""
    stem = re.sub(r"(?<!^)(?=[A-Z])", "_", state).lower()
    stems = (stem, re.sub("_(transaction|return)$", "_order", stem))
    return next((sample(each) for each in stems if (ROOT / "events" / f"{each}.json").exists()), {})


def reserve(order_id: str) -> Answer:
    return call("ReserveInventory", order_id)


def release(order_id: str) -> Answer:
    return call("ReleaseInventory", order_id)


def process(order_id: str) -> Answer:
    return call("ProcessPayment", order_id)


def refund(order_id: str) -> Answer:
    return call("RefundPayment", order_id)


def confirm(order_id: str) -> Answer:
    return call("ConfirmOrder", order_id)


def cancel(order_id: str, error: str = "PaymentDeclined", cause: str = "card_declined") -> Answer:
    return call("CancelOrder", order_id, error={"Error": error, "Cause": cause})


def pause(order_id: str, state: str = "ProcessPayment", error: str = "TransientError", cause: str = "503") -> Answer:
    return call("PauseOrder", order_id, state=state, error={"Error": error, "Cause": cause})


def fail(order_id: str, **failures: str) -> Answer:
    """Call FailOrder; `failures` are the errors of the compensations, by state."""
    caught = {state: {"Error": error, "Cause": f"{error} happened"} for state, error in failures.items()}
    return call("FailOrder", order_id, failures=caught)


def states(saga: Saga) -> list[str]:
    """Return the tasks of a saga's longest path without its pivot: every step, and if there is one, the way back."""
    forward, compensations = ([each.state for each in half] for half in (saga.forward, saga.compensations))
    return [*forward, *([saga.name_for("Cancel{}"), *compensations, saga.name_for("Fail{}")] if compensations else [])]


def before(state: str, saga: Saga = ORDER) -> str:
    """Start a saga and run it until this state is next."""
    saga_id, path = STARTED[saga.name](), states(saga)
    for name in path[: path.index(state)] if state in path else [step.state for step in saga.forward]:
        call(name, saga_id)
    return saga_id


def paid() -> str:
    """Place an order and run every step before the pivot."""
    return before("CancelOrder")


def confirmed(saga: Saga = ORDER) -> str:
    """Bring a saga to CONFIRMED."""
    saga_id = before(saga.name_for("Confirm{}"), saga)
    call(saga.name_for("Confirm{}"), saga_id)
    return saga_id


def paused(bring: Callable[[], str] = world.placed, state: str = "") -> str:
    """Bring an order to somewhere, and pause it there because a state has failed."""
    order_id = bring()
    pause(order_id, state or WAITS[world.status(order_id)])
    assert guard.is_paused(guard.read(order_id))
    return order_id


def cancelling() -> str:
    """Bring an order that is paid and holds stock to CANCELLING."""
    return before(ORDER.compensations[0].state)


def undo(saga_id: str, saga: Saga = ORDER) -> None:
    """Run every compensation of a saga that is CANCELLING."""
    for compensation in saga.compensations:
        call(compensation.state, saga_id)


def parked() -> str:
    """Park an order that is paid and holds stock, with everything to undo."""
    order_id = cancelling()
    give_up(order_id)
    return order_id


def parked_and_resumed() -> str:
    """Park such an order, and resume it; its first compensation has succeeded since."""
    order_id = parked()
    resume(order_id, "hope")
    refund(order_id)
    return order_id


def give_up(order_id: str) -> None:
    """Park an order that is CANCELLING, as its last state does when waiting can no longer help."""
    park(eventlog.history(order_id), guard.read(order_id), {}, state=ORDER.name_for("Fail{}"))


def failed(saga: Saga = ORDER) -> str:
    """Bring a saga that has run every step to FAILED."""
    saga_id = before(saga.name_for("Fail{}"), saga)
    call(saga.name_for("Fail{}"), saga_id)
    return saga_id


def rejected() -> str:
    """Place an order for more than is in stock, and have it refused."""
    order_id = world.placed(quantity=world.STOCK + 1)
    with suppress(InsufficientStock):
        reserve(order_id)
    return order_id


def failed_at_once(saga: Saga = ORDER) -> str:
    """Bring a saga that was cancelled before its first step to FAILED."""
    saga_id = STARTED[saga.name]()
    call(saga.name_for("Cancel{}"), saga_id)
    undo(saga_id, saga)
    call(saga.name_for("Fail{}"), saga_id)
    return saga_id


def ten_times(step: Step, order_id: str) -> set[str]:
    """Call a step ten times; return the names of the resulting events and errors."""
    return {outcome(step, order_id) for _ in range(10)}


def outcome(step: Step, order_id: str) -> str:
    """Call a step; return the name of the resulting event or error."""
    try:
        return str(step(order_id)["event"])
    except Exception as error:  # noqa: BLE001  the state machine would see any error
        return type(error).__name__
