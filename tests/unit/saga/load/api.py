"""The real API without a network. The saga of an accepted order runs at once."""

from collections.abc import Callable
from threading import Lock
from typing import Any

from saga.failures import Unreachable
from sagakit.errors import BusinessError, TransientError
from sagakit.saga import Saga
from sagas import RETURN, TRANSACTION
from tests.support import http, steps


class Api:
    """`end` runs the saga of an order. `instead` has the first answers: a status each, or 0 for no answer."""

    def __init__(self) -> None:
        self.end: Callable[[str], None] = run_saga
        self.instead: list[int] = []
        self.keys: set[str] = set()
        self._one_at_a_time = Lock()

    def call(self, url: str, body: dict[str, Any], headers: dict[str, str]) -> tuple[int, Any]:
        """Replace `saga.http.call`."""
        with self._one_at_a_time:
            if self.instead:
                return _refuse(self.instead.pop(0))
            self.keys.add(key := headers["x-idempotency-key"])
            *_, collection, name = url.split("/")
            if url.endswith("/returns"):
                return _ended(http.post_return(collection, body, key), "returnId", RETURN)
            if name == "transactions":
                return _ended(http.post_transaction(body, key), "transactionId", TRANSACTION)
            answer = http.post(body, key)
            if answer.status == 202:
                self.end(answer.body["orderId"])
            return answer.status, answer.body


def run_saga(order_id: str) -> None:
    """Run the saga of an order, as the state machine does."""
    try:
        steps.reserve(order_id)
        steps.process(order_id)
        steps.confirm(order_id)
    except BusinessError as refusal:
        steps.cancel(order_id, type(refusal).__name__, str(refusal))
        steps.undo(order_id)
        steps.fail(order_id)
    except TransientError as error:
        steps.pause(order_id, "ProcessPayment", type(error).__name__, str(error))


def _ended(answer: http.Answer, name: str, saga: Saga) -> tuple[int, Any]:
    """Run every step of what was accepted, and confirm it."""
    for state in (*(step.state for step in saga.forward), saga.name_for("Confirm{}")):
        steps.call(state, answer.body[name])
    return answer.status, answer.body


def _refuse(status: int) -> tuple[int, Any]:
    if not status:
        raise Unreachable("no answer")
    return status, {"title": "no"}
