"""The port to a payment gateway: what an adapter must do, and the values it returns.

Charging has two phases, as in Stripe's PaymentIntents. Creating an intent moves no money. Its id is recorded before it
is confirmed, so we always know what may have been charged. Every call is idempotent, and raises TransientError if its
outcome is unknown: an unknown outcome is never a decline. An adapter returns what the gateway says; the steps compare
it with what they asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class IntentStatus(StrEnum):
    """Status of an intent at the gateway."""

    CREATED = "created"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    CANCELED = "canceled"


@dataclass(frozen=True)
class Intent:
    """The gateway's intent to charge `amount` minor units, and its progress: what it has charged and refunded so far.

    `refund_pending` means that a refund is accepted but not done yet. `parts` are the partial refunds, by key.
    """

    id: str
    status: IntentStatus
    amount: int
    currency: str
    charged: int = 0
    refunded: int = 0
    refund_pending: bool = False
    decline_code: str = ""
    parts: Mapping[str, int] = field(default_factory=dict)


class Gateway(Protocol):
    """What a payment provider must be able to do."""

    def create_intent(self, *, key: str, amount: int, currency: str, token: str) -> Intent:
        """Create the intent to charge `amount` minor units, or return the one that this key created before."""

    def confirm(self, intent_id: str, *, key: str) -> Intent:
        """Charge the customer. The result may be `processing`; a `canceled` intent stays canceled."""

    def cancel(self, intent_id: str) -> Intent:
        """Void the intent for good. A status other than `canceled` is a refusal: money has moved, or is moving."""

    def refund(self, intent_id: str) -> Intent:
        """Refund everything that was charged; a repeated call changes nothing. RefundRefused if it never will."""

    def refund_part(self, intent_id: str, *, key: str, amount: int) -> Intent:
        """Refund `amount` minor units, once for each key, for ever. RefundRefused if it never will."""
