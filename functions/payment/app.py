"""Charging and refunding an order through the payment gateway.

Invariant: a CONFIRMED order is charged once, its total, and gets back what its returns are worth; a FAILED one has a
net charge of zero. So every answer of the gateway is compared with what it should be.
"""

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from payment.domain import CHARGE, REFUND, REFUND_PART, AmountDiffers, PaymentDeclined, Undo
from payment.port import Intent, IntentStatus
from payment.provider import gateway
from sagakit import eventlog
from sagakit.dynamodb import Item
from sagakit.errors import SagaCancelled, StillPending, TransientError
from sagakit.event import ID, Event
from sagakit.step import Change


def intend(order: Item) -> Change:
    """Create the intent to charge the order's total; no money should move yet. A free order needs no gateway."""
    price = {"amount": order["totalAmount"], "currency": os.environ["CURRENCY"]}
    if not order["totalAmount"]:
        return Change({"intentId": None, **price})
    intent = gateway().create_intent(key=f"{order[ID]}-create", token=order["paymentToken"], **price)
    intended = {"intentId": intent.id, **price}
    if wrong := _wrong(intent, price):
        intended |= {**_told(intent), "cause": str(wrong)}  # on record all the same, because it has to be undone
    return Change(intended)


@CHARGE(intend)
def process(recorded: Event) -> Change:
    """Confirm the intent, which charges the customer.

    Raises:
        SagaCancelled: the intent has been voided.
        StillPending: the payment is processing.
        TransientError: the outcome is not known yet.
    """
    if recorded.detail["intentId"] is None:
        return Change(recorded.detail)
    if "cause" in recorded.detail:  # the intent is wrong, so it is never confirmed
        return Change(recorded.detail, refusal=AmountDiffers(recorded.detail["cause"]))
    intent = gateway().confirm(recorded.detail["intentId"], key=f"{recorded.saga_id}-confirm")
    if wrong := _wrong(intent, recorded.detail):
        return Change({**recorded.detail, **_told(intent)}, refusal=wrong)
    match intent.status:
        case IntentStatus.SUCCEEDED:
            return Change(recorded.detail)
        case IntentStatus.DECLINED:
            return Change(recorded.detail, refusal=PaymentDeclined(intent.decline_code))
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
        AmountDiffers: by its books or by ours, the gateway still has some of the money.
        StillPending: the payment or the refund is in progress.
        TransientError: the gateway is unavailable.
    """
    # Without an intent on record nothing was charged, nor can be.
    if recorded is None or recorded.detail["intentId"] is None:
        return _undone(Undo.NOTHING_TO_UNDO)
    intent = gateway().cancel(recorded.detail["intentId"])
    match intent.status:
        case IntentStatus.CANCELED:
            return _undone(Undo.VOIDED, intent, _given_back(intent, recorded))
        case IntentStatus.SUCCEEDED:
            return _undone(Undo.REFUNDED, intent, _given_back(_refunded(intent), recorded))
        case IntentStatus.PROCESSING:
            raise StillPending("the payment is processing")
        case other:
            raise TransientError(f"the gateway did not void the payment, which is {other}")


def intend_part(returned: Item) -> Change:
    """Find out what to refund for a return, and from which payment. A free order needs no gateway."""
    charged = eventlog.history(returned["returnOf"]).find(CHARGE.event)
    if charged is None:
        raise LookupError(f"no payment of {returned['returnOf']} on record")
    paid = charged.detail
    currency = {"currency": paid["currency"]} if "currency" in paid else {}  # payments of older orders have none
    intent_id = paid["intentId"] if returned["refundAmount"] else None
    return Change({"intentId": intent_id, "amount": returned["refundAmount"], **currency})


@REFUND_PART(intend_part)
def refund_part(recorded: Event) -> Change:
    """Refund what a return is worth.

    Raises:
        AmountDiffers: by its books, the gateway has not refunded just that, or more than the returns are worth.
        StillPending: the refund is in progress.
        TransientError: the gateway is unavailable.
    """
    detail, key = recorded.detail, recorded.saga_id
    if detail["intentId"] is None:
        return Change(detail)
    intent = gateway().refund_part(detail["intentId"], key=key, amount=detail["amount"])
    given, currency = intent.parts.get(key, 0), detail.get("currency", intent.currency)
    told_of = (given, intent.currency, intent.refunded)
    if told_of == (detail["amount"], currency, sum(intent.parts.values())):
        return Change(detail)
    if intent.refund_pending:
        raise StillPending("the refund is pending")
    told = f"{intent.refunded} {intent.currency} refunded, {given} of it for this return"
    raise AmountDiffers(f"{intent.id} has {told}, not {detail['amount']} {currency}")


def _wrong(intent: Intent, price: Mapping[str, Any]) -> AmountDiffers | None:
    """Return what is wrong with an answer: the price, what was charged by now, or that any of it is given back."""
    due = price["amount"] if intent.status == IntentStatus.SUCCEEDED else 0
    currency = price.get("currency", intent.currency)  # events of older orders have none
    given = (intent.amount, intent.currency, intent.charged, intent.refunded, intent.refund_pending)
    if given == (price["amount"], currency, due, 0, False):
        return None
    told = f"{intent.status}, {intent.charged} of {intent.amount} {intent.currency} charged"
    back = "a refund pending" if intent.refund_pending else f"{intent.refunded} refunded"
    return AmountDiffers(f"{intent.id} is {told} and {back}, not {due} of {price['amount']} {currency}")


def _told(intent: Intent) -> dict[str, Any]:
    """Return what the gateway told of a wrong payment: just that much, in that currency, has to be given back."""
    return {"charged": intent.charged, "currency": intent.currency}


def _refunded(charged: Intent) -> Intent:
    """Refund the payment; return the answer, with the most that the gateway has said it charged."""
    intent = gateway().refund(charged.id)
    if intent.status != IntentStatus.SUCCEEDED:
        raise AmountDiffers(f"{intent.id} is {intent.status} after its refund")
    return replace(intent, charged=max(intent.charged, charged.charged))


def _given_back(intent: Intent, recorded: Event) -> int:
    """Return what the gateway has given back: all that it charged, by its books and by ours."""
    ours: int = recorded.detail["amount"] if recorded.type == CHARGE.event else recorded.detail.get("charged", 0)
    charged, currency = max(intent.charged, ours), recorded.detail.get("currency", intent.currency)
    if (intent.refunded, intent.currency) == (charged, currency):
        return charged
    if intent.refund_pending:
        raise StillPending("the refund is pending")
    raise AmountDiffers(f"{intent.id}: {intent.refunded} of {charged} {currency} was refunded, in {intent.currency}")


def _undone(how: Undo, intent: Intent | None = None, amount: int = 0) -> Change:
    return Change({"outcome": how, "intentId": intent and intent.id, "amount": amount})
