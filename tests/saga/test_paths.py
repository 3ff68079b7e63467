"""The real state machine with the real handlers, along every path."""

from __future__ import annotations

import pytest

from tests.support import world
from tests.support.asl import Outcome, run
from tests.support.lambdas import invoke
from tests.support.template import definition

pytestmark = pytest.mark.usefixtures("world")

HAPPY = ["ReserveInventory", "ProcessPayment", "ConfirmOrder", "OrderConfirmed"]
UNDOING = ["CancelOrder", "RefundPayment", "ReleaseInventory", "FailOrder", "OrderFailed"]


def execute(order_id: str) -> Outcome:
    return run(definition(), {"orderId": order_id}, invoke)


def test_an_order_that_meets_no_trouble_takes_three_tasks_and_is_confirmed() -> None:
    order_id = world.placed()
    outcome = execute(order_id)
    assert (outcome.status, outcome.path) == ("SUCCEEDED", HAPPY)
    assert world.status(order_id) == "CONFIRMED"
    assert world.available() == world.STOCK - 2
    assert world.net_charge() == 2 * world.PRICES["monitor"]


def test_a_declined_payment_undoes_everything_and_is_the_reason() -> None:
    order_id = world.placed("pm_declined")
    outcome = execute(order_id)
    assert (outcome.status, outcome.error, outcome.cause) == ("FAILED", "PaymentDeclined", "card_declined")
    assert outcome.path == ["ReserveInventory", "ProcessPayment", *UNDOING]
    assert (world.status(order_id), world.available(), world.net_charge()) == ("FAILED", world.STOCK, 0)
    print(world.events(order_id))
