"""The orders of a stack that the sample events are about."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from saga.local import samples
from saga.local.catalogue import seed
from saga.local.functions import EVENTS
from saga.operations import gateway
from saga.orders import actions
from saga.orders.actions import resume
from saga.stack import tables
from saga.stack.stack import Stack
from tests.support import http, world
from tests.support.execution import execute

AN_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def orders() -> list[dict[str, Any]]:
    """Return all orders, the newest last."""
    return sorted((row for row in world.rows("SAGAS") if "status" in row), key=lambda row: row["createdAt"])


@pytest.fixture(autouse=True)
def api(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send requests to the API's functions. While the command waits, sagas run."""

    def call(url: str, body: Any, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        path = url.removeprefix(stack.api_url)
        cancels = path.endswith("/cancel")
        answer = http.cancel(path.split("/")[2], json.dumps(body)) if cancels else http.post(body, headers=headers)
        return answer.status, answer.body

    def wait_until(condition: Callable[[], bool], _: float, otherwise: str) -> None:
        if not condition():
            execute(orders()[-1]["orderId"])
        assert condition(), otherwise

    seed(stack)
    monkeypatch.setattr(actions, "call", call)
    monkeypatch.setattr(samples, "wait_until", wait_until)


def test_the_ids_of_an_event_become_those_of_the_stacks_orders(stack: Stack) -> None:
    event = samples.actual(stack, f"{samples.CONFIRMED} {samples.DECLINED} {samples.CONFIRMED}")
    confirmed, declined, again = event.split()
    assert again == confirmed != declined
    assert {order["orderId"]: order["status"] for order in orders()} == {confirmed: "CONFIRMED", declined: "FAILED"}


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
    known = {samples.CONFIRMED, samples.DECLINED, samples.PARKED}
    of_aws = {json.loads(event.read_text()).get("id")}  # the event's own
    assert set(AN_ID.findall(event.read_text())) - of_aws <= known
