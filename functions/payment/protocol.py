"""Charge and refund: the conversation with the gateway, and its record, step by step.

Invariant of the pair: a CONFIRMED order is charged once; a FAILED one has a net charge of zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outbox import store as outbox
from payment import store
from payment.domain import CHARGED, DECLINED, REFUNDED, IntentStatus, Undo
from payment.gateway import gateway
from shared import door
from shared.errors import OrderCancelled, OrderNotCancelling, PaymentDeclined, TransientError

if TYPE_CHECKING:
    from outbox.event import Event, History


def charge(order_id: str) -> Event:
    """Take the money of the order, once.

    Raises:
        PaymentDeclined: the gateway's final no; it is recorded and stays.
        OrderCancelled: the order is not PENDING any more.
        TransientError: the outcome is not known yet.
    """
    history = outbox.history(order_id)
    if charged := history.find(CHARGED):
        return charged.again
    if declined := history.find(DECLINED):
        raise PaymentDeclined(declined.detail["cause"])
    intent_id = _recorded_intent(order_id, history)
    intent = gateway().confirm(intent_id, key=f"{order_id}-confirm")
    match intent.status:
        case IntentStatus.SUCCEEDED:
            return store.charged(order_id, intent)
        case IntentStatus.DECLINED:
            store.declined(order_id, intent)
            raise PaymentDeclined(intent.decline_code)
        case IntentStatus.CANCELED:
            raise OrderCancelled("its payment was voided")
        case other:
            raise TransientError(f"the payment is {other}")


def refund(order_id: str) -> Event:
    """Make sure that the order costs nothing, now or later.

    Raises:
        OrderNotCancelling: nobody decided to cancel the order.
        TransientError: the gateway could not say or do it now.
    """
    history = outbox.history(order_id)
    if refunded := history.find(REFUNDED):
        return refunded.again
    # CANCELLING leads to FAILED only, so what is read here stays true while the gateway is asked.
    status = door.read(order_id)["status"]
    if status != door.CANCELLING:
        raise OrderNotCancelling(f"the order is {status}")
    intent_id = store.intent_of(order_id)
    outcome = _undo(intent_id) if intent_id else Undo.NOTHING_TO_UNDO
    return store.refunded(order_id, history, intent_id, outcome)


def _recorded_intent(order_id: str, history: History) -> str:
    """Give the id of the order's intent, recorded through the door before any money can move.

    The door is looked at also when an intent is on record: a cancelled order is not charged only to be refunded.
    """
    order = door.read(order_id)
    if order["status"] != door.PENDING:
        raise OrderCancelled(f"the order is {order['status']}")
    if intent_id := store.intent_of(order_id):
        return intent_id
    intent = gateway().create_intent(key=f"{order_id}-create", amount=order["totalAmount"], token=order["paymentToken"])
    return store.intent_recorded(order_id, history, intent)


def _undo(intent_id: str) -> Undo:
    """Cancel first, also after a decline; what had succeeded is refunded."""
    intent = gateway().cancel(intent_id)
    match intent.status:
        case IntentStatus.CANCELED:
            return Undo.VOIDED
        case IntentStatus.SUCCEEDED:
            gateway().refund(intent_id)
            return Undo.REFUNDED
        case other:
            raise TransientError(f"the payment is {other} and can be neither voided nor refunded yet")
