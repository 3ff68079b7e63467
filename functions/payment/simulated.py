"""The simulated gateway, which keeps its own ledger in DynamoDB and moves money as a real one would.

A row is an idempotency key (`key#…`) or an intent (`pi_…`). Intents go created → processing | succeeded | declined, and
created | declined → canceled. Each transition is a conditional write, so concurrent callers cannot clash.
"""

import os
import time
import uuid

from payment.domain import RefundRefused
from payment.port import Intent, IntentStatus
from payment.test_tokens import Behaviour, behaviour
from sagakit import clock, dynamodb
from sagakit.dynamodb import Item
from sagakit.errors import TransientError

WHOLE = "whole"  # the key of a refund of everything
LOST_RACE = dynamodb.client.exceptions.ConditionalCheckFailedException


class SimulatedGateway:
    """A payment gateway for tests, demos and fault injection. With the setting GATEWAY_DOWN, every call fails."""

    def create_intent(self, *, key: str, amount: int, currency: str, token: str) -> Intent:
        """Create the intent to charge `amount`, or return the one that this key created before.

        Raises:
            ValueError: the key was used with another amount, currency or token.
            TransientError: a concurrent call is using the key.
        """
        asked = {"amount": amount, "currency": behaviour(token).currency or currency, "token": token}
        if earlier := _get(f"key#{key}"):
            return _replayed(_get(earlier["intentId"]), asked)
        intent_id = f"pi_{uuid.uuid4().hex}"
        intent = {"id": intent_id, **asked, "status": IntentStatus.CREATED}
        try:
            _put_both({"id": f"key#{key}", "intentId": intent_id}, {**intent, "taken": 0, "refunded": 0, "well": False})
        except dynamodb.client.exceptions.TransactionCanceledException as lost:
            raise TransientError("the same key is in use by another call") from lost
        return _intent(intent)

    def confirm(self, intent_id: str, *, key: str) -> Intent:
        """Charge the customer, unless the intent is canceled; a repeated call returns the result of the first."""
        row = _count(intent_id, "confirms")
        how = behaviour(row["token"])
        if row["confirms"] <= how.outages:
            raise TransientError("the gateway answered 503")
        row = _settled(row)
        if row["status"] == IntentStatus.CREATED:
            row = _move(row, IntentStatus.CREATED, {"confirmKey": key, **_outcome(row, how)})
        if row["confirms"] <= how.late_answers:
            _time_out()
        return _intent(row)

    def cancel(self, intent_id: str) -> Intent:
        """Void the intent for good if no money has moved or is moving; otherwise return it unchanged."""
        row = _settled(_read(intent_id))
        if row["status"] in (IntentStatus.CREATED, IntentStatus.DECLINED):
            row = _move(row, row["status"], {"status": IntentStatus.CANCELED})
        return _intent(row)

    def refund(self, intent_id: str) -> Intent:
        """Refund what was charged; a repeated call changes nothing.

        Raises:
            RefundRefused: the token says so.
        """
        return self.refund_part(intent_id, key=WHOLE)

    def refund_part(self, intent_id: str, *, key: str, amount: int | None = None) -> Intent:
        """Refund an amount, or everything; a repeated call with the same key changes nothing.

        Raises:
            RefundRefused: the token says so, or less is left.
            TransientError: a concurrent call refunded another part.
        """
        row = _count(intent_id, "refunds")
        how = Behaviour() if row.get("well") else behaviour(row["token"])
        if row["refunds"] <= how.refund_outages:
            raise TransientError("the gateway answered 503")
        if how.refund_refusal:
            raise RefundRefused(how.refund_refusal)
        if how.refund_pending:
            return _intent(row, refund_pending=True)
        parts, asked = row.get("parts", {}), row.get("taken", 0) if amount is None else amount
        refunded = {**parts, key: max(asked - how.kept, parts.get(key, 0))}
        if sum(refunded.values()) > row.get("taken", 0):
            raise RefundRefused("less than that is left to refund")
        changes = {"parts": refunded, "refunded": sum(refunded.values())}
        row = _move(row, IntentStatus.SUCCEEDED, changes, refunded=row["refunded"])
        if row["status"] == IntentStatus.SUCCEEDED and row.get("parts", {}).get(key) != refunded[key]:
            raise TransientError("another refund was made meanwhile")
        return _intent(row)

    def restore(self, intent_id: str) -> None:
        """Let refunds of this intent succeed; the ledger's attribute is `well`."""
        _update(intent_id, "SET #well = :well", {"well": True})


def _outcome(row: Item, how: Behaviour) -> Item:
    if how.settles_after:
        return {"status": IntentStatus.PROCESSING, "settlesAt": clock.now() + how.settles_after}
    return _final(row, how)


def _final(row: Item, how: Behaviour) -> Item:
    if how.decline_code:
        return {"status": IntentStatus.DECLINED}
    return {"status": IntentStatus.SUCCEEDED, "taken": how.charges or row["amount"]}


def _settled(row: Item) -> Item:
    """Settle a payment that is processing, once its time has come."""
    if row["status"] != IntentStatus.PROCESSING or clock.now() < row["settlesAt"]:
        return row
    return _move(row, IntentStatus.PROCESSING, _final(row, behaviour(row["token"])))


def _time_out() -> None:
    time.sleep(float(os.environ["GATEWAY_TIMEOUT_SECONDS"]))
    raise TransientError("the gateway did not answer in time")


def _intent(row: Item, *, refund_pending: bool = False) -> Intent:
    declined = row["status"] == IntentStatus.DECLINED
    return Intent(
        id=row["id"],
        status=IntentStatus(row["status"]),
        amount=row["amount"],
        currency=row.get("currency", ""),  # older rows have none
        charged=row.get("taken", 0),
        refunded=row.get("refunded", 0),
        refund_pending=refund_pending,
        decline_code=behaviour(row["token"]).decline_code if declined else "",
        parts=row.get("parts", {}),
    )


def _replayed(row: Item | None, asked: Item) -> Intent:
    if row is None or not asked.items() <= row.items():
        raise ValueError("the idempotency key was used with other parameters")
    return _intent(row)


def _require_up() -> None:
    if os.environ["GATEWAY_DOWN"]:
        raise TransientError("the gateway answered 503")


def _get(row_id: str) -> Item | None:
    _require_up()
    return dynamodb.get(ledger(), {"id": row_id})


def _read(intent_id: str) -> Item:
    row = _get(intent_id)
    if row is None:
        raise LookupError(f"unknown intent {intent_id}")
    return row


def _put_both(*rows: Item) -> None:
    puts = [dynamodb.request(ledger(), item=row, condition="attribute_not_exists(#id)") for row in rows]
    dynamodb.client.transact_write_items(TransactItems=[{"Put": put} for put in puts])


def _count(intent_id: str, calls: str) -> Item:
    """Count a call, because outages last for a number of calls."""
    _require_up()
    try:
        return _update(intent_id, f"ADD #{calls} :{calls}", {calls: 1})
    except LOST_RACE:
        raise LookupError(f"unknown intent {intent_id}") from None


def _move(row: Item, status: IntentStatus, changes: Item, **unchanged: int) -> Item:
    """Change the intent if it still has this status; otherwise return it as a concurrent caller changed it."""
    settings = ", ".join(f"#{name} = :{name}" for name in changes)
    try:
        return _update(row["id"], f"SET {settings}", changes, status=status, **unchanged)
    except LOST_RACE:
        return {**_read(row["id"]), "confirms": row.get("confirms", 0)}


def _update(intent_id: str, expression: str, values: Item, **expected: str | int) -> Item:
    condition = " AND ".join(["attribute_exists(#id)", *(f"#{name} = :was_{name}" for name in expected)])
    was = {f"was_{name}": value for name, value in expected.items()}
    return dynamodb.change(ledger(), {"id": intent_id}, expression, condition, **values, **was)


def ledger() -> str:
    """Return the name of the gateway's table."""
    return os.environ["GATEWAY_LEDGER_TABLE"]
