"""Every sample event, with the deployed function that it is for: `make invoke-reserve_inventory` and the like."""

import pytest

from saga.local.functions import EVENTS, invoke
from tests.e2e.shop import Shop


@pytest.mark.parametrize("name", sorted(file.stem for file in EVENTS.glob("*.json")))
def test_a_function_handles_its_sample_event(shop: Shop, name: str) -> None:
    invocation = invoke(shop.stack, name)
    assert (invocation.error, invocation.response.get("statusCode", 200) < 400) == (None, True)
