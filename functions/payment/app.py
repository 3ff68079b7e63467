"""Charging and refunding an order through the payment gateway.

Invariant of the pair: a CONFIRMED order is charged once; a FAILED one has a net charge of zero.
"""

from payment.domain import CHARGE, REFUND, PaymentDeclined, PaymentStatus, Undo
from payment.port import Intent, IntentStatus
from payment.provider import gateway
from sagakit.dynamodb import Item
from sagakit.errors import SagaCancelled, StillPending, TransientError
from sagakit.event import ID, Event
from sagakit.step import Change


def intend(order: Item) -> Change:
    """Create the intent to charge the order's total; no money moves yet."""
    intent = gateway().create_intent(
        key=f"{order[ID]}-create", amount=order["totalAmount"], token=order["paymentToken"]
    )
    return Change({"intentId": intent.id, "amount": intent.amount})


@CHARGE(intend)
def process(recorded: Event) -> Change:
    """Confirm the intent, which charges the customer.

    Raises:
        SagaCancelled: the intent has been voided.
        StillPending: the payment is processing.
        TransientError: the outcome is not known yet.
    """
    intent = gateway().confirm(recorded.detail["intentId"], key=f"{recorded.saga_id}-confirm")
    match intent.status:
        case IntentStatus.SUCCEEDED:
            return Change(_detail(intent))
        case IntentStatus.DECLINED:
            return Change(_detail(intent), refusal=PaymentDeclined(intent.decline_code))
        case IntentStatus.CANCELED:
            raise SagaCancelled("its payment was voided")
        case IntentStatus.PROCESSING:
            raise StillPending("the payment is processing")
        case other:
            raise TransientError(f"the payment is {other}")


@REFUND
def refund(recorded: Event | None) -> Change:
    """Make sure that the order costs nothing: void the intent, even after a decline; refund it if it was charged.

    Raises:
        StillPending: the payment is processing, so it can be neither voided nor refunded yet.
        TransientError: the gateway is unavailable.
    """
    if recorded is None:  # without an intent on record nothing was charged, nor can be
        return Change({"outcome": Undo.NOTHING_TO_UNDO, "intentId": None, "amount": 0})
    intent_id = recorded.detail["intentId"]
    intent = gateway().cancel(intent_id)
    match intent.status:
        case IntentStatus.CANCELED:
            return Change({"outcome": Undo.VOIDED, "intentId": intent_id, "amount": 0}, status=PaymentStatus.VOIDED)
        case IntentStatus.SUCCEEDED:
            gateway().refund(intent_id)
            refunded = {"outcome": Undo.REFUNDED, "intentId": intent_id, "amount": intent.amount}
            return Change(refunded, status=PaymentStatus.REFUNDED)
        case IntentStatus.PROCESSING:
            raise StillPending("the payment is processing")
        case other:
            raise TransientError(f"the gateway did not void the payment, which is {other}")


def _detail(intent: Intent) -> dict[str, object]:
    return {"intentId": intent.id, "amount": intent.amount, "cause": intent.decline_code}
