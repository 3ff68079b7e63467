"""What people write stays between them and us: no log, metric, event, execution or error shows it.

Texts with a mark go through every field of the API, and the whole saga runs: confirmed, refused, cancelled, paused,
resumed and parked.
"""

import io
import json
from collections.abc import Callable

import pytest

from payment.simulated import SimulatedGateway
from sagakit import resuming
from tests.support import http, metrics, steps, stream, world
from tests.support.asl import Json, run
from tests.support.bus import Bus
from tests.support.execution import execute, executions
from tests.support.lambdas import invoke
from tests.support.queues import Queues
from tests.support.stopped_clock import DAY, StoppedClock
from tests.support.template import definition

pytestmark = pytest.mark.usefixtures("world", "bus")

MARK = "Zxqv"  # in no word, and no hexadecimal id
LINE = http.ORDER["items"][0]
MARKED = {
    "customerId": f"customer {MARK}",
    "items": [LINE],
    "paymentToken": "pm_ok",
}
HEADERS = {"User-Agent": f"{MARK}/1.0", "X-Forwarded-For": MARK, "Cookie": MARK}


def placed(key: str, token: str = "pm_ok", quantity: int = 2) -> str:
    """Place an order with a mark in every field that accepts a text."""
    body = {**MARKED, "paymentToken": token, "items": [{**LINE, "quantity": quantity}]}
    return str(http.post(body, key=f"{MARK} {key}", headers=HEADERS).body["orderId"])


def everything_is_seen() -> list[Json]:
    """Run orders through every end; return what crossed the border to a function or came back."""
    seen: list[Json] = []

    def call(function: str, payload: Json) -> Json:
        seen.append(payload)
        seen.append(answer := invoke(function, payload))
        return answer

    orders = (
        placed("confirmed"),
        placed("declined", "pm_declined"),
        placed("of an unknown token", f"pm_{MARK}"),
        placed("short", quantity=world.STOCK + 1),
    )
    seen += [vars(execute(order_id, call)) for order_id in orders]
    cancelled = placed("cancelled")
    assert http.cancel(cancelled, json.dumps({"reason": f"because {MARK}"}), HEADERS).status == 202
    seen.append(vars(execute(cancelled, call)))
    assert world.status(cancelled) == "FAILED"
    returned = {**http.ONE_BACK, "reason": f"because {MARK}"}
    accepted = http.post_return(orders[0], returned, key=f"{MARK} returned", headers=HEADERS)
    seen.append(vars(run(definition("return"), {"orderId": accepted.body["returnId"]}, call)))
    assert world.status(accepted.body["returnId"]) == "CONFIRMED"
    return seen


def transactions_are_seen(queues: Queues, still: StoppedClock) -> list[Json]:
    """Run transactions to every end, and one until it is paused; return the messages."""
    body = {**http.TRANSACTION, "customerId": MARK, "paymentToken": "pm_ok"}
    tokens = ("pm_ok", "pm_declined", "pm_unavailable", f"pm_{MARK}")
    answers = [http.post_transaction({**body, "paymentToken": token}, key=f"{MARK} {token}") for token in tokens]
    cancelled = http.post_transaction(body, key=f"{MARK} cancelled").body["transactionId"]
    assert http.cancel(cancelled, json.dumps({"reason": MARK}), HEADERS, kind="transaction").status == 202
    for saga_id in [*(answer.body["transactionId"] for answer in answers), cancelled]:
        queues.execute(saga_id, still)
    return queues.sent


def parked_is_seen(still: StoppedClock) -> list[Json]:
    """Cancel an order whose refund is refused, park it, and end it after an operator has resumed it."""
    order_id = placed("parked", "pm_refund_refused")
    seen = [vars(execute(order_id))]
    http.cancel(order_id, json.dumps({"reason": MARK}))
    seen += [vars(each) for each in executions(order_id, still, every=DAY)]
    (intent,) = [each for each in world.intents() if each["token"] == "pm_refund_refused"]
    SimulatedGateway().restore(intent["id"])
    resuming.resume(order_id, f"{MARK} has called")
    seen.append(vars(execute(order_id)))
    assert world.status(order_id) == "FAILED"
    return seen


def refused() -> list[str]:
    """Send requests that are refused, with a mark wherever a text fits; return the responses."""
    line = {**LINE, "productId": MARK}
    bodies: list[Json] = [
        {**MARKED, "items": [line]},
        {**MARKED, "items": [{**LINE, "price": MARK}]},
        {**MARKED, "items": [{**LINE, "quantity": MARK}]},
        {**MARKED, "customerId": [MARK]},
        {**MARKED, "items": MARK},
        f'{{"customerId": "{MARK}',
        f'{{"customerId": "{MARK}", "customerId": "{MARK}"}}',
    ]
    answers = [http.post(body, key=MARK, headers=HEADERS) for body in bodies]
    answers += [http.post(MARKED, headers={"x-idempotency-key": [MARK, f"{MARK} 2"]})]
    answers += [http.post(MARKED, headers={"content-type": MARK})]
    answers += [http.post_transaction({**http.TRANSACTION, "productId": MARK}, key=MARK)]
    answers += [http.post_return(steps.confirmed(), {"items": [{"productId": MARK, "quantity": 1}], "reason": MARK})]
    answers += [http.get(f"/transactions/{MARK}"), http.get(f"/orders/{MARK}/returns")]
    answers += [http.get(f"/orders/{MARK}"), http.get(f"/orders/{MARK}/events"), http.cancel(MARK)]
    assert {answer.status >= 400 for answer in answers} == {True}
    return [answer.text for answer in answers]


def test_no_log_metric_event_execution_or_error_shows_what_people_wrote(
    bus: Bus, log: io.StringIO, still: StoppedClock, queues: Queues
) -> None:
    seen: dict[str, Json] = {}
    seen["metrics of queues"] = metrics.lines(lambda: seen.update(messages=transactions_are_seen(queues, still)))
    seen["metrics"] = metrics.lines(lambda: seen.update(executions=everything_is_seen()))
    seen["metrics"] += metrics.lines(lambda: seen.update(parked=parked_is_seen(still)))
    seen["metrics"] += metrics.lines(lambda: stream.relay(*stream.records()))
    seen["errors"] = refused()
    seen["events"] = bus.taken
    seen["started executions"] = stream.executions()
    seen["log"] = log.getvalue()
    assert all(seen.values())
    assert {name for name, texts in seen.items() if MARK in json.dumps(texts, default=str)} == set()


def test_the_customer_and_the_operator_read_the_customers_reason() -> None:
    order_id = placed("k")
    http.cancel(order_id, json.dumps({"reason": MARK}))
    assert http.get(f"/orders/{order_id}").body["reason"] == {
        "reason": "CustomerCancelled",
        "message": "It was cancelled on request.",
        "text": MARK,
    }
    *_, cancelling = http.get(f"/orders/{order_id}/events").body["events"]
    assert cancelling["detail"]["text"] == MARK
    assert world.detail(order_id, "OrderCancelling")["text"] == MARK


def test_the_customer_reads_the_reason_of_a_return() -> None:
    order_id = steps.confirmed()
    return_id = http.post_return(order_id, {**http.ONE_BACK, "reason": MARK}).body["returnId"]
    (shown,) = http.get(f"/orders/{order_id}/returns").body["returns"]
    assert (shown["reason"], world.detail(return_id, "ReturnAccepted")["text"]) == (MARK, MARK)
    assert MARK not in http.get(f"/orders/{order_id}/events").text


SECRETS = ("arn:aws:", "123456789012", "Traceback", ".py", "assumed-role", "stackTrace")
DENIED = (
    "User: arn:aws:sts::123456789012:assumed-role/order-saga-dev-ProcessPayment/order-saga-dev-ProcessPayment is not "
    "authorized to perform: dynamodb:Query"
)


@pytest.mark.parametrize("end", ["paused", "cancelled", "parked", "resumed"])
def test_a_missing_permission_is_told_to_operators_and_not_to_customers_or_the_bus(bus: Bus, end: str) -> None:
    cause = json.dumps({"errorMessage": DENIED, "errorType": "ClientError", "stackTrace": ['File "/var/task/app.py"']})
    order_id = world.placed()
    ENDS[end](order_id, cause)
    shown = http.get(f"/orders/{order_id}").text + http.get(f"/orders/{order_id}/events").text
    stream.publish(*stream.records())
    shown += json.dumps(bus.taken)
    assert [secret for secret in SECRETS if secret in shown] == []
    assert DENIED in json.dumps(world.everything())


def _paused(order_id: str, cause: str) -> None:
    steps.pause(order_id, "ProcessPayment", "ClientError", cause)


def _cancelled(order_id: str, cause: str) -> None:
    steps.cancel(order_id, "ClientError", cause)


def _parked(order_id: str, cause: str) -> None:
    _cancelled(order_id, cause)
    steps.give_up(order_id)


def _resumed(order_id: str, cause: str) -> None:
    _paused(order_id, cause)
    resuming.resume(order_id, DENIED)


ENDS: dict[str, Callable[[str, str], None]] = {
    "paused": _paused,
    "cancelled": _cancelled,
    "parked": _parked,
    "resumed": _resumed,
}
