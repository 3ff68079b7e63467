"""`saga gateway`, and the name that its command used to have."""

import json

import pytest

from tests.support import world
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
