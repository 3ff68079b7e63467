"""The port to a payment gateway: two phases, as Stripe's PaymentIntents have them.

Creating an intent moves no money; its id is recorded before it is confirmed, so that what may have been charged is
always known. Every call is idempotent. A call whose outcome is not known raises TransientError; it is never a decline.
"""

import os
from functools import cache
from typing import Protocol, cast

from payment.breaker import GuardedGateway
from payment.domain import Intent


class Gateway(Protocol):
    """What a payment provider must be able to do."""

    def create_intent(self, *, key: str, amount: int, token: str) -> Intent:
        """Create the intent to take `amount` minor units, or give the one that this key created before."""

    def confirm(self, intent_id: str, *, key: str) -> Intent:
        """Take the money. The answer may be `processing`; a `canceled` intent stays canceled."""

    def cancel(self, intent_id: str) -> Intent:
        """Void the intent for good. An answer other than `canceled` is a refusal: money moved, or is moving."""

    def refund(self, intent_id: str) -> Intent:
        """Give back all that was taken; done before, change nothing."""


@cache
def gateway() -> Gateway:
    """Give the gateway that the parameter PaymentProvider names, behind the circuit breaker.

    Raises:
        LookupError: there is no such provider.
    """
    match os.environ["PAYMENT_PROVIDER"]:
        case "simulated":
            from payment.simulated import SimulatedGateway  # noqa: PLC0415  only the provider in use is loaded

            return cast("Gateway", GuardedGateway(SimulatedGateway()))
        case other:
            raise LookupError(f"no payment provider is called {other}")
