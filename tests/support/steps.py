"""The steps of the saga, called one by one with their sample events, and orders that they brought somewhere."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from inventory.domain import InsufficientStock
from tests.support import world
from tests.support.execution import COMPENSATION, FORWARD
from tests.support.lambdas import Context, handler
from tests.support.template import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.asl import Json

type Answer = dict[str, Any]
type Step = Callable[[str], Answer]


def sample(stem: str) -> dict[str, Any]:
    """Read a sample event."""
    return dict(json.loads((ROOT / "events" / f"{stem}.json").read_text()))


def call(name: str, order_id: str, **payload: Json) -> Answer:
    """Call the function of a step as the state machine does, whatever it raises."""
    stem = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    return dict(handler(f"{name}Function")({**sample(stem), "orderId": order_id, **payload}, Context()))


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


def fail(order_id: str, **failures: str) -> Answer:
    return call("FailOrder", order_id, failures=failures)


def paid(token: str = world.OK) -> str:
    """Place an order and take every step before the pivot."""
    order_id = world.placed(token)
    for name in FORWARD[:-1]:
        call(name, order_id)
    return order_id


def confirmed() -> str:
    """Bring an order to CONFIRMED."""
    order_id = paid()
    confirm(order_id)
    return order_id


def cancelling() -> str:
    """Bring an order that is paid and holds stock to CANCELLING."""
    order_id = paid()
    cancel(order_id)
    return order_id


def undo(order_id: str) -> None:
    """Undo every step of an order that is CANCELLING."""
    for name in COMPENSATION[1:-1]:
        call(name, order_id)


def failed() -> str:
    """Bring an order that was paid and held stock to FAILED."""
    order_id = cancelling()
    undo(order_id)
    fail(order_id)
    return order_id


def rejected() -> str:
    """Place an order for more than there is, and have it refused."""
    order_id = world.placed(quantity=world.STOCK + 1)
    with suppress(InsufficientStock):
        reserve(order_id)
    return order_id


def never_reserved() -> str:
    """Bring an order that was cancelled before it had anything to FAILED."""
    order_id = world.placed()
    cancel(order_id, "CustomerCancelled", "")
    undo(order_id)
    fail(order_id)
    return order_id


def ten_times(step: Step, order_id: str) -> set[str]:
    """Call a step ten times over; give the names of what came of it: events, and errors."""
    return {outcome(step, order_id) for _ in range(10)}


def outcome(step: Step, order_id: str) -> str:
    """Call a step; give the name of what came of it: the event, or the error."""
    try:
        return str(step(order_id)["event"])
    except Exception as error:  # noqa: BLE001  whatever it is, it is what the state machine would see
        return type(error).__name__
