"""What payment knows: its steps, the states of a payment, and what the world sees of an intent."""

from dataclasses import dataclass
from enum import StrEnum

from sagakit.errors import BusinessError
from sagakit.step import Compensation, Effect, Outcome


class PaymentDeclined(BusinessError):
    """The gateway said no, for good."""


class PaymentStatus(StrEnum):
    """State of the payment row of a saga. There is none before the intent is recorded."""

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


CHARGE = Effect(
    "ProcessPayment",
    event="PaymentCharged",
    refusals={PaymentDeclined: "PaymentDeclined"},
    intent="PaymentIntentRecorded",
    table="PAYMENTS_TABLE",
    statuses={
        Outcome.INTENDED: PaymentStatus.INTENT,
        Outcome.DONE: PaymentStatus.CHARGED,
        Outcome.REFUSED: PaymentStatus.DECLINED,
    },
)
REFUND = Compensation("RefundPayment", event="PaymentRefunded", undoes=CHARGE)
