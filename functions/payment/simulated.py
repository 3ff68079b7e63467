"""The simulated gateway: a ledger of its own that outlives the functions, and moves money as a real one would.

Its rows are keys (`key#…` → intent) and intents (`pi_…`). Intents move created → processing | succeeded | declined, and
created | declined → canceled; each move is a conditional write, so concurrent callers see one order of things.
"""

import os
import time
import uuid

from payment.behaviour import Behaviour, behaviour
from payment.domain import Intent, IntentStatus
from sagakit import clock, dynamodb
from sagakit.dynamodb import Item
from sagakit.errors import TransientError

LOST_RACE = dynamodb.client.exceptions.ConditionalCheckFailedException


class SimulatedGateway:
    """A payment gateway for trying out, testing and breaking things."""

    def create_intent(self, *, key: str, amount: int, token: str) -> Intent:
        """Create the intent to take `amount`, or give the one that this key created before.

        Raises:
            ValueError: the key was used with another amount or token.
        """
        if known := _get(f"key#{key}"):
            return _same(_get(known["intentId"]), amount, token)
        intent_id = f"pi_{uuid.uuid4().hex}"
        intent = {"id": intent_id, "amount": amount, "token": token, "status": IntentStatus.CREATED}
        try:
            _put_both({"id": f"key#{key}", "intentId": intent_id}, {**intent, "taken": 0, "refunded": 0, "well": False})
        except dynamodb.client.exceptions.TransactionCanceledException as lost:
            raise TransientError("the same key is in use by another call") from lost
        return _intent(intent)

    def confirm(self, intent_id: str, *, key: str) -> Intent:
        """Take the money, unless the intent is canceled; with the key of an earlier call, give its result."""
        row = _count(intent_id, "confirms")
        how = behaviour(row["token"])
        if row["confirms"] <= how.outages:
            raise TransientError("the gateway answered 503")
        row = _settled(row)
        if row["status"] == IntentStatus.CREATED:
            row = _move(row, IntentStatus.CREATED, {"confirmKey": key, **_outcome(row, how)})
        if row["confirms"] <= how.late_answers:
            _answer_too_late()
        return _intent(row)

    def cancel(self, intent_id: str) -> Intent:
        """Void the intent for good, if no money moved or is moving; else give it as it is."""
        row = _settled(_read(intent_id))
        if row["status"] in (IntentStatus.CREATED, IntentStatus.DECLINED):
            row = _move(row, row["status"], {"status": IntentStatus.CANCELED})
        return _intent(row)

    def refund(self, intent_id: str) -> Intent:
        """Give back what was taken; done before, change nothing."""
        row = _count(intent_id, "refunds")
        if not row["well"] and row["refunds"] <= behaviour(row["token"]).refund_outages:
            raise TransientError("the gateway answered 503")
        return _intent(_move(row, IntentStatus.SUCCEEDED, {"refunded": row["taken"]}))

    def make_well(self, intent_id: str) -> None:
        """End the refund outage of this intent."""
        _update(intent_id, "SET #well = :well", {"well": True})


def _outcome(row: Item, how: Behaviour) -> Item:
    if how.settles_after:
        return {"status": IntentStatus.PROCESSING, "settlesAt": clock.now() + how.settles_after}
    return _final(row, how)


def _final(row: Item, how: Behaviour) -> Item:
    if how.decline_code:
        return {"status": IntentStatus.DECLINED}
    return {"status": IntentStatus.SUCCEEDED, "taken": row["amount"]}


def _settled(row: Item) -> Item:
    """Let a payment that was processing come to its end, if its time has come."""
    if row["status"] != IntentStatus.PROCESSING or clock.now() < row["settlesAt"]:
        return row
    return _move(row, IntentStatus.PROCESSING, _final(row, behaviour(row["token"])))


def _answer_too_late() -> None:
    time.sleep(float(os.environ["GATEWAY_TIMEOUT_SECONDS"]))
    raise TransientError("the gateway did not answer in time")


def _intent(row: Item) -> Intent:
    declined = row["status"] == IntentStatus.DECLINED
    return Intent(
        id=row["id"],
        status=IntentStatus(row["status"]),
        amount=row["amount"],
        refunded=row.get("refunded", 0),
        decline_code=behaviour(row["token"]).decline_code if declined else "",
    )


def _same(row: Item | None, amount: int, token: str) -> Intent:
    if row is None or (row["amount"], row["token"]) != (amount, token):
        raise ValueError("the idempotency key was used with other parameters")
    return _intent(row)


def _get(row_id: str) -> Item | None:
    return dynamodb.get(ledger(), {"id": row_id})


def _read(intent_id: str) -> Item:
    row = _get(intent_id)
    if row is None:
        raise LookupError(f"the gateway knows no intent {intent_id}")
    return row


def _put_both(*rows: Item) -> None:
    puts = [dynamodb.request(ledger(), item=row, condition="attribute_not_exists(#id)") for row in rows]
    dynamodb.client.transact_write_items(TransactItems=[{"Put": put} for put in puts])


def _count(intent_id: str, calls: str) -> Item:
    """Count a call: outages last for a number of them."""
    try:
        return _update(intent_id, f"ADD #{calls} :{calls}", {calls: 1})
    except LOST_RACE:
        raise LookupError(f"the gateway knows no intent {intent_id}") from None


def _move(row: Item, status: IntentStatus, changes: Item) -> Item:
    """Change the intent if it still has this status; a concurrent caller may have moved it, then give what it made."""
    settings = ", ".join(f"#{name} = :{name}" for name in changes)
    try:
        return _update(row["id"], f"SET {settings}", changes, status)
    except LOST_RACE:
        return {**_read(row["id"]), "confirms": row.get("confirms", 0)}


def _update(intent_id: str, expression: str, values: Item, status: IntentStatus | None = None) -> Item:
    expected = {"expected": status} if status else {}
    condition = "attribute_exists(#id)" + (" AND #status = :expected" if status else "")
    return dynamodb.change(ledger(), {"id": intent_id}, expression, condition, **values, **expected)


def ledger() -> str:
    """Name the gateway's own table."""
    return os.environ["GATEWAY_LEDGER_TABLE"]
