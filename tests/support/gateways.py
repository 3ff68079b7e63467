"""The gateways that keep the port's contract, by name."""

from collections.abc import Callable

from payment.breaker import GuardedGateway
from payment.port import Gateway
from payment.simulated import SimulatedGateway

CONTRACT: dict[str, Callable[[], Gateway]] = {
    "simulated": SimulatedGateway,
    "behind the breaker": lambda: GuardedGateway(SimulatedGateway()),
}
