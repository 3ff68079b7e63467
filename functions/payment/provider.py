"""The choice of the payment provider."""

import os
from functools import cache

from payment.breaker import GuardedGateway
from payment.port import Gateway
from payment.simulated import SimulatedGateway


@cache
def gateway() -> Gateway:
    """Return the gateway that the parameter PaymentProvider names, behind the circuit breaker.

    Raises:
        LookupError: no adapter has this name.
    """
    match os.environ["PAYMENT_PROVIDER"]:
        case "simulated":
            return GuardedGateway(SimulatedGateway())
        case other:
            raise LookupError(f"unknown payment provider: {other}")
