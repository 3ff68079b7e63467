"""The payment row of an order: INTENT → CHARGED or DECLINED → VOIDED or REFUNDED, each with its event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outbox import store as outbox
from outbox.event import Event
from payment.domain import CHARGED, DECLINED, INTENT_RECORDED, REFUNDED, PaymentStatus, Undo
from shared import clock, door, dynamodb, tables
from shared.errors import OrderCancelled, TransientError
from shared.transaction import Action, Rank, action

if TYPE_CHECKING:
    from outbox.event import History
    from payment.domain import Intent
    from shared.dynamodb import Item


def intent_of(order_id: str) -> str | None:
    """Give the id of the intent on record; without one nothing was or can be charged."""
    answer = dynamodb.client.get_item(
        TableName=tables.payments(),
        Key=dynamodb.to_wire({"orderId": order_id}),
        ConsistentRead=True,  # a refund must see the intent that the charge recorded
    )
    return str(dynamodb.from_wire(answer["Item"])["intentId"]) if "Item" in answer else None


def intent_recorded(order_id: str, history: History, intent: Intent) -> str:
    """Record the intent through the door, and give the id on record: a twin may have been first."""
    told = {"intentId": intent.id, "amount": intent.amount}
    recorded = Event(order_id, INTENT_RECORDED, clock.after(history.last_at), told)
    event = outbox.record(recorded, door.pending(order_id, recorded.at), _first(order_id, intent))
    return str(event.detail["intentId"])


def charged(order_id: str, intent: Intent) -> Event:
    """Record that the money was taken."""
    return outbox.record(
        _told(order_id, CHARGED, intent),
        _move(order_id, PaymentStatus.INTENT, PaymentStatus.CHARGED),
    )


def declined(order_id: str, intent: Intent) -> Event:
    """Record the gateway's no."""
    return outbox.record(
        _told(order_id, DECLINED, intent),
        _move(order_id, PaymentStatus.INTENT, PaymentStatus.DECLINED),
    )


def refunded(order_id: str, history: History, intent_id: str | None, outcome: Undo) -> Event:
    """Record how the payment was undone; the row must still be as it was read."""
    to = PaymentStatus.REFUNDED if outcome is Undo.REFUNDED else PaymentStatus.VOIDED
    undone = Event(order_id, REFUNDED, clock.after(history.last_at), {"outcome": outcome, "intentId": intent_id})
    return outbox.record(
        undone,
        door.cancelling(order_id, undone.at),
        _move(order_id, _status(history), to) if intent_id else _none(order_id),
    )


def _status(history: History) -> PaymentStatus:
    """Tell how far the payment was when the history was read."""
    if history.find(CHARGED):
        return PaymentStatus.CHARGED
    return PaymentStatus.DECLINED if history.find(DECLINED) else PaymentStatus.INTENT


def _told(order_id: str, event_type: str, intent: Intent) -> Event:
    told = {"intentId": intent.id, "amount": intent.amount, "cause": intent.decline_code}
    return Event(order_id, event_type, clock.after(outbox.history(order_id).last_at), told)


def _first(order_id: str, intent: Intent) -> Action:
    row = {
        "orderId": order_id,
        "intentId": intent.id,
        "amount": intent.amount,
        "status": PaymentStatus.INTENT,
    }
    return action(
        "Put",
        Rank.RULE,
        lambda _: TransientError("another intent was recorded meanwhile"),
        {
            "TableName": tables.payments(),
            "Item": dynamodb.to_wire(row),
            "ConditionExpression": "attribute_not_exists(#orderId)",
            "ExpressionAttributeNames": {"#orderId": "orderId"},
        },
    )


def _move(order_id: str, before: PaymentStatus, after: PaymentStatus) -> Action:
    def refusal(payment: Item | None) -> Exception:
        if payment and payment["status"] in (PaymentStatus.VOIDED, PaymentStatus.REFUNDED):
            return OrderCancelled(f"its payment is {payment['status']}")
        return TransientError("the payment changed meanwhile")

    return action(
        "Update",
        Rank.RULE,
        refusal,
        {
            "TableName": tables.payments(),
            "Key": dynamodb.to_wire({"orderId": order_id}),
            "UpdateExpression": "SET #status = :after",
            "ConditionExpression": "#status = :before",
            "ExpressionAttributeNames": {"#status": "status"},
            "ExpressionAttributeValues": dynamodb.to_wire({":before": before, ":after": after}),
        },
    )


def _none(order_id: str) -> Action:
    return action(
        "ConditionCheck",
        Rank.RULE,
        lambda _: TransientError("an intent was recorded meanwhile"),
        {
            "TableName": tables.payments(),
            "Key": dynamodb.to_wire({"orderId": order_id}),
            "ConditionExpression": "attribute_not_exists(#orderId)",
            "ExpressionAttributeNames": {"#orderId": "orderId"},
        },
    )
