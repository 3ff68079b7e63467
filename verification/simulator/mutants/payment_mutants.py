"""Mutants of the calls to the payment gateway."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from aws_lambda_powertools.utilities.idempotency import IdempotencyConfig, idempotent_function

from payment import app, simulated
from payment.breaker import GuardedGateway
from payment.domain import REFUND, AmountDiffers, Undo
from payment.port import Intent, IntentStatus
from payment.provider import gateway
from sagakit import eventlog, guard, idempotency, run_compensation, run_effect, run_step, tables
from sagakit.errors import TransientError
from sagakit.event import Event, History
from sagakit.idempotency import Records
from sagakit.step import Change, Compensation, Effect, Outcome
from verification.simulator.checker.supporting_tables import INTENT_TRANSITIONS
from verification.simulator.mutants.mutant import Mutant, patched
from verification.simulator.profiles.step_races import SETTLED_MEANWHILE
from verification.simulator.profiles.topics import (
    DUPLICATES,
    FORGOTTEN_KEYS,
    GATEWAY,
    LATE,
    OUT_OF_TURN,
    PARKING,
    TIMEOUTS,
    WRONG_ANSWERS,
)

type Undoing = Callable[[Event], Change]

WRONG, GIVEN_BACK = "payment.app._wrong", "payment.app._given_back"
SUCCEEDED, CANCELED = IntentStatus.SUCCEEDED, IntentStatus.CANCELED

_intended, _undone = run_effect._intended, run_compensation._undone  # noqa: SLF001
_wrong, _given_back = app._wrong, app._given_back  # noqa: SLF001
_confirm = simulated.SimulatedGateway.confirm


def _confirm_first(effect: Effect, history: History, change: Change) -> Event:
    gateway().confirm(change.detail["intentId"], key=f"{history.saga_id}-confirm")
    return _intended(effect, history, change)


def _just_created(effect: Effect, history: History, change: Change) -> Event:
    return replace(_intended(effect, history, change), detail=change.detail)


def _after_its_undoing(effect: Effect, change: Change, history: History) -> Event:
    if settled := history.find(*effect.results):
        return settled.as_repeated
    settled = run_step.settling(effect, history, change)
    return eventlog.record(settled, guard.require(settled), *change.writes)


def _by_status(recorded: Event, _refund: Undoing) -> Change:
    intent_id = recorded.detail["intentId"]
    if simulated._settled(simulated._read(intent_id))["status"] == SUCCEEDED:  # noqa: SLF001
        return _money_back(recorded)
    gateway().cancel(intent_id)
    return _undo(recorded, Undo.VOIDED)


def _refund_first(recorded: Event, _refund: Undoing) -> Change:
    if gateway().refund(recorded.detail["intentId"]).refunded:
        return _undo(recorded, Undo.REFUNDED)
    gateway().cancel(recorded.detail["intentId"])
    return _undo(recorded, Undo.VOIDED)


def _processing_is_not_charged(recorded: Event, _refund: Undoing) -> Change:
    took = gateway().cancel(recorded.detail["intentId"]).status == SUCCEEDED
    return _money_back(recorded) if took else _undo(recorded, Undo.VOIDED)


def _not_refunded(recorded: Event, _refund: Undoing) -> Change:
    if gateway().cancel(recorded.detail["intentId"]).status in (SUCCEEDED, CANCELED):
        return _undo(recorded, Undo.REFUNDED)
    raise TransientError("the payment is processing")


def _declined_needs_no_cancel(recorded: Event, refund: Undoing) -> Change:
    return _undo(recorded, Undo.VOIDED) if recorded.outcome == Outcome.REFUSED else refund(recorded)


def _by_key(recorded: Event, refund: Undoing) -> Change:
    order = guard.read(recorded.saga_id)
    key = f"{recorded.saga_id}-create"
    price = {"amount": order["totalAmount"], "currency": recorded.detail["currency"]}
    intent = gateway().create_intent(key=key, token=order["paymentToken"], **price)
    return refund(replace(recorded, detail={**recorded.detail, "intentId": intent.id}))


def _whatever_was_charged(intent: Intent, price: Mapping[str, Any]) -> AmountDiffers | None:
    return _wrong(replace(intent, charged=price["amount"] if intent.status == SUCCEEDED else 0), price)


def _whatever_the_currency(intent: Intent, price: Mapping[str, Any]) -> AmountDiffers | None:
    return _wrong(replace(intent, currency=price["currency"]), price)


def _whatever_was_refunded(intent: Intent, recorded: Event) -> int:
    return _given_back(intent if intent.refund_pending else replace(intent, refunded=intent.charged), recorded)


def _accepted_is_done(intent: Intent, recorded: Event) -> int:
    return _given_back(replace(intent, refunded=intent.charged) if intent.refund_pending else intent, recorded)


def _money_back(recorded: Event) -> Change:
    gateway().refund(recorded.detail["intentId"])
    return _undo(recorded, Undo.REFUNDED)


def _undo(recorded: Event, how: Undo) -> Change:
    amount = recorded.detail["amount"] if how is Undo.REFUNDED else 0
    return Change({"outcome": how, "intentId": recorded.detail["intentId"], "amount": amount})


def _second_attempt_succeeds(self: simulated.SimulatedGateway, intent_id: str, *, key: str) -> Intent:
    """Allow a second attempt after a decline, as a gateway may, and lose the response."""
    intent = _confirm(self, intent_id, key=key)
    row = simulated._read(intent_id)  # noqa: SLF001
    if intent.status != IntentStatus.DECLINED or row["confirms"] == 1:
        return intent
    taken = {"status": SUCCEEDED, "taken": row["amount"]}
    simulated._move(row, IntentStatus.DECLINED, taken)  # noqa: SLF001
    raise TransientError("the response was lost")


def _refunds_add_up(_self: object, intent_id: str) -> Intent:
    row = simulated._count(intent_id, "refunds")  # noqa: SLF001
    return simulated._intent(simulated._update(intent_id, "ADD #refunded :refunded", {"refunded": row["taken"]}))  # noqa: SLF001


# A record that expires sooner than a pause ends only makes the order wait.
_RECORDS = Records(table_name=tables.idempotency(), boto3_client=idempotency.client)
_FOR_A_MONTH = IdempotencyConfig(event_key_jmespath="orderId", expires_after_seconds=30 * 86_400)


@idempotent_function(  # type: ignore[untyped-decorator]
    data_keyword_argument="request", persistence_store=_RECORDS, config=_FOR_A_MONTH, key_prefix="RefundPayment"
)
def _cached_response(*, request: Any, undone: Callable[[], Event]) -> dict[str, Any]:
    try:
        return {"repeated": False, "summary": undone().summary}
    except TransientError:
        return {"repeated": False, "summary": {"orderId": request["orderId"], "event": "not yet"}}


def _cached(compensation: Compensation, act: Any, history: History) -> Any:
    undone = partial(_undone, compensation, act, history)
    if compensation is not REFUND:
        return undone()
    return SimpleNamespace(**_cached_response(request={"orderId": history.saga_id}, undone=undone))


def _guess(status: IntentStatus) -> Any:
    """Let the gateway's client guess unknown outcomes."""

    def confirm(self: GuardedGateway, intent_id: str, *, key: str) -> Intent:
        try:
            return self.__getattr__("confirm")(intent_id, key=key)
        except TransientError:
            row = simulated._read(intent_id)  # noqa: SLF001
            charged = row["amount"] if status == SUCCEEDED else 0
            return Intent(intent_id, status, row["amount"], row["currency"], charged)

    return patch.object(GuardedGateway, "confirm", confirm, create=True)


def _refunded(how: Callable[[Event, Undoing], Change]) -> Any:
    """Undo the recorded intent with `how`, which also receives the real refund."""

    def undone(compensation: Compensation, act: Any, history: History) -> Event:
        changed = act if compensation is not REFUND else lambda recorded: how(recorded, act) if recorded else act(None)
        return _undone(compensation, changed, history)

    return patched("sagakit.run_compensation._undone", undone)


_unchecked = SimpleNamespace(require=guard.require, read_if=lambda *_: None)


@contextmanager
def _second_attempt(without_cancel: AbstractContextManager[object]) -> Iterator[None]:
    transitions = patch.dict(INTENT_TRANSITIONS, declined=INTENT_TRANSITIONS["declined"] | {"succeeded"})
    confirm = patch.object(simulated.SimulatedGateway, "confirm", _second_attempt_succeeds)
    with transitions, confirm, without_cancel:
        yield


MUTANTS = (
    Mutant(
        "the intent is recorded too late", (TIMEOUTS, LATE), patched("sagakit.run_effect._intended", _confirm_first)
    ),
    Mutant("the recorded intent is ignored", (FORGOTTEN_KEYS,), patched("sagakit.run_effect._intended", _just_created)),
    Mutant(
        "a result is recorded although the effect was undone",
        (*SETTLED_MEANWHILE, TIMEOUTS, LATE),
        patched("sagakit.run_effect._record", _after_its_undoing),
    ),
    Mutant("the refund ignores a refused cancel", (TIMEOUTS,), _refunded(_by_status)),
    Mutant("refund before cancel", (TIMEOUTS,), _refunded(_refund_first)),
    Mutant("a processing payment counts as not charged", (TIMEOUTS,), _refunded(_processing_is_not_charged)),
    Mutant("a succeeded payment is not refunded", (TIMEOUTS,), _refunded(_not_refunded)),
    Mutant("the refund finds the intent by its key", (GATEWAY,), _refunded(_by_key)),
    Mutant("a compensation's response is cached", (PARKING,), patched("sagakit.run_compensation._undone", _cached)),
    Mutant(
        "the refund ignores the order's status", (OUT_OF_TURN,), patched("sagakit.run_compensation.guard", _unchecked)
    ),
    Mutant(
        "the gateway's refunds add up",
        (replace(TIMEOUTS, tokens=("pm_slow",)),),
        partial(patch.object, simulated.SimulatedGateway, "refund", _refunds_add_up),
    ),
    Mutant(
        "no cancel after a decline, with second attempts",
        (TIMEOUTS, DUPLICATES),
        lambda: _second_attempt(_refunded(_declined_needs_no_cancel)()),
    ),
    Mutant("a charge of another amount confirms the order", (WRONG_ANSWERS,), patched(WRONG, _whatever_was_charged)),
    Mutant("a charge in another currency confirms the order", (WRONG_ANSWERS,), patched(WRONG, _whatever_the_currency)),
    Mutant("a part counts as a refund", (WRONG_ANSWERS,), patched(GIVEN_BACK, _whatever_was_refunded)),
    Mutant("an accepted refund counts as done", (WRONG_ANSWERS,), patched(GIVEN_BACK, _accepted_is_done)),
    Mutant("an unknown outcome counts as a decline", (TIMEOUTS,), partial(_guess, IntentStatus.DECLINED)),
    Mutant("an unknown outcome counts as a charge", (GATEWAY,), partial(_guess, SUCCEEDED)),
    Mutant(
        "second attempts after a decline",
        (DUPLICATES, TIMEOUTS),
        lambda: _second_attempt(nullcontext()),
        masked_by="the refund always cancels at the gateway first",
    ),
    Mutant(
        "no cancel after a decline",
        (DUPLICATES, TIMEOUTS),
        _refunded(_declined_needs_no_cancel),
        masked_by="the simulated gateway allows no second attempt",
    ),
)
