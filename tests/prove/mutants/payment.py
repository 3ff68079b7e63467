"""Mutants of the conversation with the payment gateway."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from aws_lambda_powertools.utilities.idempotency import idempotent_function

from payment import protocol, simulated, store
from payment.domain import DECLINED, Intent, IntentStatus, Undo
from payment.gateway import gateway
from sagakit import eventlog, guard
from sagakit.errors import TransientError
from sagakit.idempotency import step_config, step_persistence
from sagakit.saga import Status
from tests.prove.helpers import INTENT_NEXT
from tests.prove.mutants.mutant import Mutant
from tests.prove.themes import GATEWAY, KEYS, LATE, PARKING, STRAYS, TWINS, ZOMBIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sagakit.event import Event, History

CREATED, SUCCEEDED, CANCELED = IntentStatus.CREATED, IntentStatus.SUCCEEDED, IntentStatus.CANCELED

_record, _refund, _confirm = store.intent_recorded, protocol.refund, simulated.SimulatedGateway.confirm


def _confirmed_first(order_id: str, history: History, intent: Intent) -> str:
    gateway().confirm(intent.id, key=f"{order_id}-confirm")
    return _record(order_id, history, intent)


def _just_created(order_id: str, history: History, intent: Intent) -> str:
    _record(order_id, history, intent)
    return intent.id


def _by_looking(intent_id: str) -> Undo:
    if simulated._settled(simulated._read(intent_id))["status"] == SUCCEEDED:  # noqa: SLF001
        return _given_back(intent_id)
    gateway().cancel(intent_id)
    return Undo.VOIDED


def _refund_first(intent_id: str) -> Undo:
    if gateway().refund(intent_id).refunded:
        return Undo.REFUNDED
    gateway().cancel(intent_id)
    return Undo.VOIDED


def _processing_is_nothing(intent_id: str) -> Undo:
    return _given_back(intent_id) if gateway().cancel(intent_id).status == SUCCEEDED else Undo.VOIDED


def _given_back(intent_id: str) -> Undo:
    gateway().refund(intent_id)
    return Undo.REFUNDED


def _not_given_back(intent_id: str) -> Undo:
    if gateway().cancel(intent_id).status in (SUCCEEDED, CANCELED):
        return Undo.REFUNDED
    raise TransientError("the payment is processing")


def _declined_is_nothing(order_id: str) -> Event:
    history = eventlog.history(order_id)
    if history.find(DECLINED) and guard.read(order_id)["status"] == Status.CANCELLING:
        return store.refunded(order_id, history, store.intent_of(order_id), Undo.VOIDED)
    return _refund(order_id)


def _by_key(order_id: str) -> Event:
    history, order = eventlog.history(order_id), guard.read(order_id)
    intent = gateway().create_intent(key=f"{order_id}-create", amount=order["totalAmount"], token=order["paymentToken"])
    undone = protocol._undo(intent.id)  # noqa: SLF001
    return store.refunded(order_id, history, store.intent_of(order_id), undone)


def _unasked(order_id: str) -> Event:
    history, intent_id = eventlog.history(order_id), store.intent_of(order_id)
    undone = protocol._undo(intent_id) if intent_id else Undo.NOTHING_TO_UNDO  # noqa: SLF001
    return store.refunded(order_id, history, intent_id, undone)


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
    data_keyword_argument="request",
    persistence_store=step_persistence,
    config=step_config,
    key_prefix="RefundPayment",
)
def _remembered(*, request: Any) -> dict[str, Any]:
    try:
        return {"repeated": False, "summary": _refund(request["orderId"]).summary}
    except TransientError:
        return {"repeated": False, "summary": {"event": "not yet"}}


def _refunded_as_remembered(order_id: str) -> Any:
    return SimpleNamespace(**_remembered(request={"orderId": order_id}))


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
    return patch("payment.protocol.gateway", lambda: _Guessing(gateway, guess))


def _undo(how: Callable[[str], Undo]) -> Any:
    return partial(patch, "payment.protocol._undo", how)


def _recorded(how: Callable[[str, History, Intent], str]) -> Any:
    return partial(patch, "payment.store.intent_recorded", how)


def _refunded(how: Callable[[str], Event]) -> Any:
    return partial(patch, "payment.protocol.refund", how)


_adding_up = partial(patch.object, simulated.SimulatedGateway, "refund", _refunds_add_up)


@contextmanager
def _retrying() -> Iterator[None]:
    to = patch.dict(INTENT_NEXT, declined=INTENT_NEXT["declined"] | {"succeeded"})
    with to, patch.object(simulated.SimulatedGateway, "confirm", _second_try_succeeds):
        yield


@contextmanager
def _second_try_and_nothing() -> Iterator[None]:
    with _retrying(), patch("payment.protocol.refund", _declined_is_nothing):
        yield


MUTANTS = (
    Mutant("the intent is recorded after the confirm", (ZOMBIES, LATE), change=_recorded(_confirmed_first)),
    Mutant("the intent just created is confirmed, not the one on record", (KEYS,), change=_recorded(_just_created)),
    Mutant("the refund decides by looking, and takes a refused cancel for done", (ZOMBIES,), change=_undo(_by_looking)),
    Mutant("refund before cancel", (ZOMBIES,), change=_undo(_refund_first)),
    Mutant("processing is taken for nothing", (ZOMBIES,), change=_undo(_processing_is_nothing)),
    Mutant("what succeeded is not given back", (ZOMBIES,), change=_undo(_not_given_back)),
    Mutant("the refund finds the intent by its key", (GATEWAY,), change=_refunded(_by_key)),
    Mutant("a compensation's answer is remembered", (PARKING,), change=_refunded(_refunded_as_remembered)),
    Mutant("the refund does not look at the order", (STRAYS,), change=_refunded(_unasked)),
    Mutant("the gateway's refunds add up", (replace(ZOMBIES, tokens=("pm_slow",)),), change=_adding_up),
    Mutant(
        "a payment that was declined is not cancelled at a gateway that takes a second try",
        (ZOMBIES, TWINS),
        change=_second_try_and_nothing,
    ),
    Mutant("an unknown outcome is a decline", (ZOMBIES,), change=lambda: _unknown_is(IntentStatus.DECLINED)),
    Mutant("an unknown outcome is a charge", (GATEWAY,), change=lambda: _unknown_is(SUCCEEDED)),
)

MASKED = (
    Mutant(
        "a gateway that takes a second try after a decline",
        (TWINS, ZOMBIES),
        change=_retrying,
        masked_by="the refund cancels at the gateway first, whatever is on record",
    ),
    Mutant(
        "a payment that was declined is not cancelled at the gateway",
        (TWINS, ZOMBIES),
        change=_refunded(_declined_is_nothing),
        masked_by="the simulated gateway takes no second try",
    ),
)
