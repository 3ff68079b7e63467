"""The orders of a stack that the sample events are about."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from payment.domain import PaymentDeclined
from saga.failures import Failure
from saga.local import samples
from saga.local.catalogue import seed
from saga.local.functions import EVENTS
from saga.operations import gateway
from saga.orders import actions
from saga.orders.actions import resume
from saga.stack import tables
from saga.stack.stack import Stack
from sagakit.saga import sagas
from tests.support import http, steps, world
from tests.support.execution import execute

AN_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def orders() -> list[dict[str, Any]]:
    """Return all orders, the newest last."""
    return sorted((row for row in world.rows("SAGAS") if "status" in row), key=lambda row: row["createdAt"])


def run(saga_id: str, kind: str) -> None:
    """Run the states of a saga, as what coordinates it does."""
    if kind == "order":
        execute(saga_id)
        return
    saga = sagas()[kind]
    try:
        for step in saga.forward:
            steps.call(step.state, saga_id)
        steps.confirm(saga_id)
    except PaymentDeclined as error:
        steps.cancel(saga_id, type(error).__name__)
        steps.undo(saga_id, saga)
        steps.fail(saga_id)


@pytest.fixture(autouse=True)
def api(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send requests to the API's functions. While the command waits, sagas run."""

    def call(url: str, body: Any, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        match url.removeprefix(f"{stack.api_url}/").split("/"):
            case ["orders", order_id, "cancel"]:
                answer = http.cancel(order_id, json.dumps(body))
            case ["orders", order_id, "returns"]:
                answer = http.post_return(order_id, body, headers=headers)
            case ["transactions"]:
                answer = http.post_transaction(body, headers=headers)
            case _:
                answer = http.post(body, headers=headers)
        return answer.status, answer.body

    def wait_until(condition: Callable[[], bool], _: float, otherwise: str) -> None:
        if not condition():
            newest = orders()[-1]
            run(newest["orderId"], newest["saga"])
        assert condition(), otherwise

    seed(stack)
    monkeypatch.setattr(actions, "call", call)
    monkeypatch.setattr(samples, "call", call)
    monkeypatch.setattr(samples, "wait_until", wait_until)


def test_the_ids_of_an_event_become_those_of_the_stacks_orders(stack: Stack) -> None:
    event = samples.actual(stack, f"{samples.CONFIRMED} {samples.DECLINED} {samples.CONFIRMED}")
    confirmed, declined, again = event.split()
    assert again == confirmed != declined
    assert {order["orderId"]: order["status"] for order in orders()} == {confirmed: "CONFIRMED", declined: "FAILED"}


def test_a_transaction_and_a_return_are_among_them(stack: Stack) -> None:
    completed, unpaid, returned = samples.actual(
        stack, f"{samples.COMPLETED} {samples.UNPAID} {samples.RETURNED}"
    ).split()
    found = {order["orderId"]: (order["saga"], order["status"]) for order in orders()}
    assert found[completed] == ("transaction", "CONFIRMED")
    assert found[unpaid] == ("transaction", "FAILED")
    assert found[returned] == ("return", "CONFIRMED")


def test_a_transaction_that_the_api_refuses_is_a_failure(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "call", lambda *_: (503, {"title": "Try again"}))
    with pytest.raises(Failure, match=r"refused transactions.*Try again"):
        samples.actual(stack, samples.COMPLETED)


def test_the_order_to_resume_is_parked_again_and_again(stack: Stack) -> None:
    for _ in range(2):
        order_id = samples.actual(stack, samples.PARKED)
        (order,) = orders()
        assert (order["orderId"], tables.is_parked(order)) == (order_id, True)
        resume(stack, order_id, "try again")


def test_the_order_to_resume_is_another_one_once_it_is_settled(stack: Stack) -> None:
    settled = samples.actual(stack, samples.PARKED)
    gateway.restore(stack, settled)
    resume(stack, settled, "settled")
    execute(settled)
    parked = samples.actual(stack, samples.PARKED)
    ends = {order["orderId"]: tables.status_of(order) for order in orders()}
    assert ends == {settled: "FAILED", parked: "PARKED"}


def test_an_event_without_an_order_places_none(stack: Stack) -> None:
    assert samples.actual(stack, "{}") == "{}"
    assert orders() == []


@pytest.mark.parametrize("event", sorted(EVENTS.glob("*.json")), ids=lambda file: file.stem)
def test_a_sample_event_names_no_other_order(event: Any) -> None:
    known = {samples.CONFIRMED, samples.DECLINED, samples.PARKED, samples.COMPLETED, samples.UNPAID, samples.RETURNED}
    read = json.loads(event.read_text())
    of_aws = {read.get("id"), *(record.get("messageId") for record in read.get("Records", []))}  # the event's own
    assert set(AN_ID.findall(event.read_text())) - of_aws <= known
