"""Charge and refund: the conversation with the payment gateway.

Invariant of the pair: a CONFIRMED order is charged once; a FAILED one has a net charge of zero.
"""

from payment.domain import CHARGE, REFUND, Intent, IntentStatus, PaymentDeclined, PaymentStatus, Undo
from payment.gateway import gateway
from sagakit.dynamodb import Item
from sagakit.errors import SagaCancelled, TransientError
from sagakit.event import ID, Event
from sagakit.step import Change


def intend(order: Item) -> Change:
    """Create the intent to take the order's total: no money moves."""
    intent = gateway().create_intent(
        key=f"{order[ID]}-create", amount=order["totalAmount"], token=order["paymentToken"]
    )
    return Change({"intentId": intent.id, "amount": intent.amount})


@CHARGE(intend)
def process(recorded: Event) -> Change:
    """Take the money.

    Raises:
        SagaCancelled: the intent is voided.
        TransientError: the outcome is not known yet.
    """
    intent = gateway().confirm(recorded.detail["intentId"], key=f"{recorded.saga_id}-confirm")
    match intent.status:
        case IntentStatus.SUCCEEDED:
            return Change(_told(intent))
        case IntentStatus.DECLINED:
            return Change(_told(intent), refusal=PaymentDeclined(intent.decline_code))
        case IntentStatus.CANCELED:
            raise SagaCancelled("its payment was voided")
        case other:
            raise TransientError(f"the payment is {other}")


@REFUND
def refund(recorded: Event | None) -> Change:
    """Make sure that the order costs nothing, now or later: void first, also after a decline; else give back.

    Raises:
        TransientError: the gateway could not say or do it now.
    """
    if recorded is None:  # no intent on record: nothing was or can be charged
        return Change({"outcome": Undo.NOTHING_TO_UNDO, "intentId": None, "amount": 0})
    intent_id = recorded.detail["intentId"]
    intent = gateway().cancel(intent_id)
    match intent.status:
        case IntentStatus.CANCELED:
            return Change({"outcome": Undo.VOIDED, "intentId": intent_id, "amount": 0}, status=PaymentStatus.VOIDED)
        case IntentStatus.SUCCEEDED:
            gateway().refund(intent_id)
            given_back = {"outcome": Undo.REFUNDED, "intentId": intent_id, "amount": intent.amount}
            return Change(given_back, status=PaymentStatus.REFUNDED)
        case other:
            raise TransientError(f"the payment is {other} and can be neither voided nor refunded yet")


def _told(intent: Intent) -> dict[str, object]:
    return {"intentId": intent.id, "amount": intent.amount, "cause": intent.decline_code}
