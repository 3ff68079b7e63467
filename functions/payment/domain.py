"""Payment's steps of a saga."""

from enum import StrEnum

from sagakit.errors import BusinessError
from sagakit.step import Compensation, Effect


class PaymentDeclined(BusinessError):
    """The gateway declined the payment for good."""

    says = "The payment was declined."


class AmountDiffers(BusinessError):
    """The gateway charged, or gave back, another amount than it should have, or in another currency."""

    says = "The payment could not be completed."
    expected = False


class RefundRefused(BusinessError):
    """The gateway will not refund the charge, such as one that is disputed: someone has to settle that with it."""


class Undo(StrEnum):
    """How a payment was undone."""

    NOTHING_TO_UNDO = "nothing to undo"
    VOIDED = "voided"
    REFUNDED = "refunded"


CHARGE = Effect(
    "ProcessPayment",
    event="PaymentCharged",
    refusals={PaymentDeclined: "PaymentDeclined", AmountDiffers: "PaymentMismatched"},
    intent="PaymentIntentRecorded",
)
REFUND_PART = Effect(
    "RefundReturn",
    event="ReturnRefunded",
    final=(RefundRefused, AmountDiffers),
    intent="ReturnRefundIntended",
)
REFUND = Compensation("RefundPayment", event="PaymentRefunded", undoes=CHARGE, final=(RefundRefused, AmountDiffers))
