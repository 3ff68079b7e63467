"""Mutants of the conversation with the payment gateway."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from aws_lambda_powertools.utilities.idempotency import idempotent_function

from payment import simulated
from payment.domain import REFUND, Intent, IntentStatus, PaymentStatus, Undo
from payment.gateway import gateway
from sagakit import guard, run_compensation, run_effect
from sagakit.errors import TransientError
from sagakit.event import Event, History
from sagakit.idempotency import step_config, step_persistence
from sagakit.step import Change, Compensation, Effect, Outcome
from verification.simulator.helpers import INTENT_NEXT
from verification.simulator.mutants.mutant import Mutant, patched
from verification.simulator.themes import GATEWAY, KEYS, LATE, PARKING, STRAYS, TWINS, ZOMBIES

type Undoing = Callable[[Event], Change]

SUCCEEDED, CANCELED = IntentStatus.SUCCEEDED, IntentStatus.CANCELED

_intended, _undone = run_effect._intended, run_compensation._undone  # noqa: SLF001
_confirm = simulated.SimulatedGateway.confirm


def _confirmed_first(effect: Effect, history: History, change: Change) -> Event:
    gateway().confirm(change.detail["intentId"], key=f"{history.saga_id}-confirm")
    return _intended(effect, history, change)


def _just_created(effect: Effect, history: History, change: Change) -> Event:
    return replace(_intended(effect, history, change), detail=change.detail)


def _by_looking(recorded: Event, _refund: Undoing) -> Change:
    intent_id = recorded.detail["intentId"]
    if simulated._settled(simulated._read(intent_id))["status"] == SUCCEEDED:  # noqa: SLF001
        return _given_back(recorded)
    gateway().cancel(intent_id)
    return _undo(recorded, Undo.VOIDED)


def _refund_first(recorded: Event, _refund: Undoing) -> Change:
    if gateway().refund(recorded.detail["intentId"]).refunded:
        return _undo(recorded, Undo.REFUNDED)
    gateway().cancel(recorded.detail["intentId"])
    return _undo(recorded, Undo.VOIDED)


def _processing_is_nothing(recorded: Event, _refund: Undoing) -> Change:
    took = gateway().cancel(recorded.detail["intentId"]).status == SUCCEEDED
    return _given_back(recorded) if took else _undo(recorded, Undo.VOIDED)


def _not_given_back(recorded: Event, _refund: Undoing) -> Change:
    if gateway().cancel(recorded.detail["intentId"]).status in (SUCCEEDED, CANCELED):
        return _undo(recorded, Undo.REFUNDED)
    raise TransientError("the payment is processing")


def _declined_is_nothing(recorded: Event, refund: Undoing) -> Change:
    return _undo(recorded, Undo.VOIDED) if recorded.outcome == Outcome.REFUSED else refund(recorded)


def _by_key(recorded: Event, refund: Undoing) -> Change:
    order = guard.read(recorded.saga_id)
    key = f"{recorded.saga_id}-create"
    intent = gateway().create_intent(key=key, amount=order["totalAmount"], token=order["paymentToken"])
    return refund(replace(recorded, detail={**recorded.detail, "intentId": intent.id}))


def _given_back(recorded: Event) -> Change:
    gateway().refund(recorded.detail["intentId"])
    return _undo(recorded, Undo.REFUNDED)


def _undo(recorded: Event, how: Undo) -> Change:
    amount = recorded.detail["amount"] if how is Undo.REFUNDED else 0
    detail = {"outcome": how, "intentId": recorded.detail["intentId"], "amount": amount}
    return Change(detail, status=PaymentStatus[how.name])


def _second_try_succeeds(self: simulated.SimulatedGateway, intent_id: str, *, key: str) -> Intent:
    """Confirm as a gateway may that takes a second try after a decline; the answer to that is lost."""
    intent = _confirm(self, intent_id, key=key)
    row = simulated._read(intent_id)  # noqa: SLF001
    if intent.status != IntentStatus.DECLINED or row["confirms"] == 1:
        return intent
    taken = {"status": SUCCEEDED, "taken": row["amount"]}
    simulated._move(row, IntentStatus.DECLINED, taken)  # noqa: SLF001
    raise TransientError("the answer was lost")


def _refunds_add_up(_self: object, intent_id: str) -> Intent:
    row = simulated._count(intent_id, "refunds")  # noqa: SLF001
    return simulated._intent(simulated._update(intent_id, "ADD #refunded :refunded", {"refunded": row["taken"]}))  # noqa: SLF001


@idempotent_function(  # type: ignore[untyped-decorator]
    data_keyword_argument="request", persistence_store=step_persistence, config=step_config, key_prefix="RefundPayment"
)
def _remembered(*, request: Any, undone: Callable[[], Event]) -> dict[str, Any]:
    try:
        return {"repeated": False, "summary": undone().summary}
    except TransientError:
        return {"repeated": False, "summary": {"orderId": request["orderId"], "event": "not yet"}}


def _as_remembered(compensation: Compensation, act: Any, saga_id: str) -> Any:
    undone = partial(_undone, compensation, act, saga_id)
    if compensation is not REFUND:
        return undone()
    return SimpleNamespace(**_remembered(request={"orderId": saga_id}, undone=undone))


class _Guessing:
    """The gateway, whose unknown outcomes are taken for something."""

    def __init__(self, real: Callable[[], Any], guess: IntentStatus) -> None:
        self._real, self._guess = real, guess

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real(), name)

    def confirm(self, intent_id: str, *, key: str) -> Intent:
        try:
            return self._real().confirm(intent_id, key=key)  # type: ignore[no-any-return]
        except TransientError:
            return Intent(intent_id, self._guess, 0)


def _unknown_is(guess: IntentStatus) -> Any:
    return patch("payment.app.gateway", lambda: _Guessing(gateway, guess))


def _refunded(how: Callable[[Event, Undoing], Change]) -> Any:
    """Let what is on record be undone like this; what the refund would do is given along."""

    def undone(compensation: Compensation, act: Any, saga_id: str) -> Event:
        changed = act if compensation is not REFUND else lambda recorded: how(recorded, act) if recorded else act(None)
        return _undone(compensation, changed, saga_id)

    return patched("sagakit.run_compensation._undone", undone)


_unasked = patched("sagakit.run_compensation.guard", SimpleNamespace(require=guard.require, read_if=lambda *_: None))
_adding_up = partial(patch.object, simulated.SimulatedGateway, "refund", _refunds_add_up)


@contextmanager
def _retrying() -> Iterator[None]:
    to = patch.dict(INTENT_NEXT, declined=INTENT_NEXT["declined"] | {"succeeded"})
    with to, patch.object(simulated.SimulatedGateway, "confirm", _second_try_succeeds):
        yield


@contextmanager
def _second_try_and_nothing() -> Iterator[None]:
    with _retrying(), _refunded(_declined_is_nothing)():
        yield


MUTANTS = (
    Mutant(
        "the intent is recorded after the confirm",
        (ZOMBIES, LATE),
        patched("sagakit.run_effect._intended", _confirmed_first),
    ),
    Mutant(
        "the intent just created is confirmed, not the one on record",
        (KEYS,),
        patched("sagakit.run_effect._intended", _just_created),
    ),
    Mutant("the refund decides by looking, and takes a refused cancel for done", (ZOMBIES,), _refunded(_by_looking)),
    Mutant("refund before cancel", (ZOMBIES,), _refunded(_refund_first)),
    Mutant("processing is taken for nothing", (ZOMBIES,), _refunded(_processing_is_nothing)),
    Mutant("what succeeded is not given back", (ZOMBIES,), _refunded(_not_given_back)),
    Mutant("the refund finds the intent by its key", (GATEWAY,), _refunded(_by_key)),
    Mutant(
        "a compensation's answer is remembered", (PARKING,), patched("sagakit.run_compensation._undone", _as_remembered)
    ),
    Mutant("the refund does not look at the order", (STRAYS,), _unasked),
    Mutant("the gateway's refunds add up", (replace(ZOMBIES, tokens=("pm_slow",)),), _adding_up),
    Mutant(
        "a payment that was declined is not cancelled at a gateway that takes a second try",
        (ZOMBIES, TWINS),
        _second_try_and_nothing,
    ),
    Mutant("an unknown outcome is a decline", (ZOMBIES,), lambda: _unknown_is(IntentStatus.DECLINED)),
    Mutant("an unknown outcome is a charge", (GATEWAY,), lambda: _unknown_is(SUCCEEDED)),
)

MASKED = (
    Mutant(
        "a gateway that takes a second try after a decline",
        (TWINS, ZOMBIES),
        _retrying,
        masked_by="the refund cancels at the gateway first, whatever is on record",
    ),
    Mutant(
        "a payment that was declined is not cancelled at the gateway",
        (TWINS, ZOMBIES),
        _refunded(_declined_is_nothing),
        masked_by="the simulated gateway takes no second try",
    ),
)
