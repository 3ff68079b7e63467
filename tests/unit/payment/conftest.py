"""The gateways that keep the port's contract. Each test of the contract runs with all of them."""

import pytest

from payment.port import Gateway
from tests.support.gateways import CONTRACT


@pytest.fixture(params=CONTRACT)
def gateway(request: pytest.FixtureRequest) -> Gateway:
    return CONTRACT[request.param]()
