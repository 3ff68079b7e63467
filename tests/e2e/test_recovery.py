"""Production failures on the engine: dead executions, a relay that is off, a gateway that is down."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import repeat
from typing import Any

import pytest

from payment.domain import CHARGE
from payment.test_tokens import ALWAYS, TEST_TOKENS
from saga.failures import EXIT_PARKED
from saga.operations import gateway
from saga.orders.actions import resume
from sagas import ORDER
from tests.e2e.command import Command
from tests.e2e.shop import Shop, eventually
from tests.support.template import tasks


def messages(shop: Shop, order_id: str) -> list[Any]:
    queue = shop.stack.outputs["ParkedOrdersQueueUrl"]
    received = shop.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=0)
    bodies = [json.loads(message["Body"]) for message in received.get("Messages", [])]
    return [body for body in bodies if body["detail"]["orderId"] == order_id]


def executions(shop: Shop, order_id: str) -> list[str]:
    pages = (
        shop.client("stepfunctions")
        .get_paginator("list_executions")
        .paginate(stateMachineArn=shop.stack.outputs["StateMachineArn"])
    )
    return [each["name"] for page in pages for each in page["executions"] if each["name"].startswith(order_id)]


@pytest.fixture
def relay_off(shop: Shop) -> Iterator[None]:
    with shop.relay_off():
        yield


@pytest.mark.usefixtures("relay_off")
def test_the_sweeper_starts_a_saga_once_that_the_stream_did_not_start(shop: Shop) -> None:
    order_id = shop.place(shop.order("monitor", 1))
    assert shop.get(order_id)["status"] == "PENDING"
    shop.make_due(order_id)
    shop.sweep()  # if the schedule has not done it already: nothing else can
    assert shop.ended(order_id)["status"] == "CONFIRMED"
    assert executions(shop, order_id) == [f"{order_id}-OrderPlaced"]


@pytest.mark.usefixtures("relay_off")
def test_an_order_past_its_deadline_is_cancelled(shop: Shop) -> None:
    order_id = shop.place(shop.order("monitor", 1))
    shop.make_overdue(order_id)
    shop.sweep()
    order = shop.get(order_id)
    assert (order["status"], order["reason"]["reason"]) == ("CANCELLING", "DeadlinePassed")


def test_a_cancelled_order_is_undone_and_a_confirmed_one_cannot_be_cancelled(shop: Shop) -> None:
    before = shop.product("monitor")["available"]
    order_id = shop.place(shop.order("monitor", 1, "pm_processing"))
    assert shop.cancel(order_id)[0] == 202
    order = shop.ended(order_id)
    assert (order["status"], order["reason"]["reason"]) == ("FAILED", "CustomerCancelled")
    assert shop.cancel(order_id)[0] == 202
    assert (shop.net_charge(order_id), shop.product("monitor")["available"]) == (0, before)
    confirmed = shop.place(shop.order("monitor", 1))
    shop.ended(confirmed)
    assert shop.cancel(confirmed)[0] == 409


def test_an_order_without_a_refund_is_parked_and_resumed_when_the_gateway_is_restored(
    shop: Shop, command: Command, to_be_parked: list[str]
) -> None:
    order_id = to_be_parked[1]
    parked = shop.ended(order_id)["parked"]
    assert parked["notUndone"] == ["PaymentRefunded"]
    assert parked["undone"] == [each for each in ORDER.undone_by if each != "PaymentRefunded"]
    eventually(lambda: shop.product("unrefundable")["available"] == 2, "the stock was not released")
    eventually(lambda: bool(messages(shop, order_id)), "no message in the queue of parked orders")
    assert command("order", "watch", order_id).returncode == EXIT_PARKED
    assert shop.net_charge(order_id) == 34999
    gateway.restore(shop.stack, order_id)
    assert resume(shop.stack, order_id, "the gateway works again") == "OrderResumed#1"
    eventually(lambda: shop.get(order_id)["status"] == "FAILED", "the resumed order did not end")
    order = shop.get(order_id)
    assert "parked" not in order
    assert (shop.intent(order_id)["refunded"], shop.net_charge(order_id)) == (34999, 0)


REFUSED = [token for token, how in TEST_TOKENS.items() if how.decline_code or how.charges or how.currency]
WAITING = [token for token, how in TEST_TOKENS.items() if ALWAYS in (how.outages, how.late_answers)]
PAID = [token for token in TEST_TOKENS if token not in (*REFUSED, *WAITING)]
UNDOING = [ORDER.name_for("Cancel{}"), *(each.state for each in ORDER.compensations), ORDER.name_for("Fail{}")]
# The tokens that lead an order to each state. Before the payment, they make no difference.
LEADING_TO = {
    **dict.fromkeys(tasks(), PAID),
    CHARGE.state: list(TEST_TOKENS),
    ORDER.name_for("Pause{}"): WAITING,
    **dict.fromkeys(UNDOING, REFUSED),
}


@pytest.mark.parametrize("state", tasks())
def test_an_execution_aborted_in_any_state_leaves_every_order_ended_or_parked(shop: Shop, state: str) -> None:
    assert_all_end(shop, [(token, state) for token in LEADING_TO[state]])


def assert_all_end(shop: Shop, cases: list[tuple[str, str]]) -> None:
    """Place an order for each token, abort its execution in the state, and wait for all to end."""
    orders = shop.place_all([shop.order("PROD-002", 1, token) for token, _ in cases])
    with ThreadPoolExecutor(len(orders)) as pool:
        list(pool.map(abort_in, repeat(shop), orders, [state for _, state in cases]))
    aborted = time.monotonic()
    shop.all_end(orders)
    print(f"{len(orders)} orders with aborted executions ended within {time.monotonic() - aborted:.0f} s")
    assert shop.violations() == []


def abort_in(shop: Shop, order_id: str, state: str) -> None:
    """Stop the order's execution once it has entered the state, unless it ends first."""
    arn = shop.stack.execution_arn(f"{order_id}-OrderPlaced")
    client = shop.client("stepfunctions")
    eventually(lambda: shop.has_started(order_id), f"the saga of {order_id} did not start")
    while True:
        if state in shop.entered(order_id) or client.describe_execution(executionArn=arn)["status"] != "RUNNING":
            with suppress(client.exceptions.ClientError):  # it has ended in the meantime
                client.stop_execution(executionArn=arn)
            return


def test_a_declined_order_starts_no_chain_of_executions(shop: Shop) -> None:
    order_id = shop.place(shop.order("monitor", 1, "pm_declined"))
    shop.executed(order_id)
    shop.sweep()
    assert executions(shop, order_id) == [f"{order_id}-OrderPlaced"]
