"""What payment knows: the states of a payment, and what the world sees of an intent."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

INTENT_RECORDED = "PaymentIntentRecorded"
CHARGED = "PaymentCharged"
DECLINED = "PaymentDeclined"
REFUNDED = "PaymentRefunded"


class PaymentStatus(StrEnum):
    """State of the payment row of an order. There is none before the intent is recorded."""

    INTENT = "INTENT"
    CHARGED = "CHARGED"
    DECLINED = "DECLINED"
    VOIDED = "VOIDED"
    REFUNDED = "REFUNDED"


class IntentStatus(StrEnum):
    """State of an intent at the gateway."""

    CREATED = "created"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    CANCELED = "canceled"


@dataclass(frozen=True)
class Intent:
    """The gateway's promise to take `amount` minor units, and how far it is with it."""

    id: str
    status: IntentStatus
    amount: int
    refunded: int = 0
    decline_code: str = ""


class Undo(StrEnum):
    """How a payment was undone."""

    NOTHING_TO_UNDO = "nothing to undo"
    VOIDED = "voided"
    REFUNDED = "refunded"
