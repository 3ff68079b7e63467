"""Mutants of returns: what is accepted, refunded and restocked, and how a return waits."""

import uuid
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from payment.port import Intent
from payment.provider import gateway
from payment.simulated import SimulatedGateway
from verification.simulator.mutants.mutant import Mutant, patched
from verification.simulator.profiles.returns import (
    REFUNDED_AT_ONCE,
    RETURN_CRASHES,
    RETURN_PATIENCE,
    RETURN_WAITS,
    RETURNED_AT_ONCE,
    RETURNING,
)

_refund_part = SimulatedGateway.refund_part
NOTHING_TO_GO_BACK = SimpleNamespace(retriable=())


def _refund_again(self: SimulatedGateway, intent_id: str, *, key: str, amount: int) -> Intent:
    return _refund_part(self, intent_id, key=f"{key} {uuid.uuid4()}", amount=amount)


class _Trusted:
    """A gateway whose answers always say that the part was refunded."""

    def __getattr__(self, name: str) -> Any:
        return getattr(gateway(), name)

    def refund_part(self, intent_id: str, *, key: str, amount: int) -> Intent:
        intent = gateway().refund_part(intent_id, key=key, amount=amount)
        return replace(intent, parts={key: amount}, refunded=amount, currency="USD")


MUTANTS = (
    Mutant(
        "a return is not compared with what is left",
        (RETURNED_AT_ONCE, RETURNING),
        patched("order.returns._require_left", lambda *_: None),
    ),
    Mutant(
        "an order that is not confirmed is returned",
        (replace(RETURNING, starts=(40, 90), always=("customer returns",)),),
        patched("order.returns._require_left", lambda *_: None),
    ),
    Mutant(
        "the return's id is random",
        (RETURNED_AT_ONCE,),
        patched("order.returns.derived", lambda *_: str(uuid.uuid4())),
    ),
    Mutant(
        "a replay ignores a different return",
        (RETURNED_AT_ONCE,),
        patched("order.returns._replayed", lambda row, _asked: (row, True)),
    ),
    Mutant(
        "the gateway refunds a part again",
        (RETURN_CRASHES, REFUNDED_AT_ONCE),
        partial(patch.object, SimulatedGateway, "refund_part", _refund_again),
    ),
    Mutant(
        "what the gateway says about a part is not compared",
        (RETURN_WAITS,),
        patched("payment.app.gateway", _Trusted),
    ),
    Mutant(
        "a final error of a return is tried again",
        (RETURN_WAITS,),
        patched("sagakit.decision.named", lambda _: NOTHING_TO_GO_BACK),
    ),
    Mutant(
        "a return is cancelled at its deadline",
        (RETURN_PATIENCE, RETURN_WAITS),
        patched("sagakit.recovery.actions.named", lambda _: NOTHING_TO_GO_BACK),
    ),
)
