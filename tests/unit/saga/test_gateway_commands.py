"""`saga gateway`, and the name that its command used to have."""

import json

import pytest

from tests.support import steps, world
from tests.support.cli import saga
from tests.unit.saga.operations.test_parked_orders import park


@pytest.mark.usefixtures("target_stack")
def test_the_old_name_of_restore_still_works_and_points_to_the_new_one() -> None:
    order_id = park()
    old = saga("parked", "make-well", order_id, "--json")
    assert old.stderr == "saga: `parked make-well` is deprecated: use `gateway restore`\n"
    assert saga("gateway", "restore", order_id, "--json").stdout == old.stdout
    (intent,) = world.intents()
    assert json.loads(old.stdout) == {"orderId": order_id, "intentId": intent["id"]}
    assert intent["well"]


@pytest.mark.usefixtures("target_stack")
def test_the_payment_of_a_free_order_cannot_be_restored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(world.PRICES, "monitor", 0)
    world.stock_up()
    order_id = steps.confirmed()
    assert json.loads(saga("order", "show", order_id, "--json").stdout)["payment"]["intentId"] is None
    refused = saga("gateway", "restore", order_id)
    assert refused.exit_code
    assert f"order {order_id} has no payment at the gateway" in refused.stderr
