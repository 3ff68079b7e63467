"""The record of an effect outside, one row for each saga: its state says how far the effect is."""

import os
from typing import Any

from sagakit.dynamodb import Item
from sagakit.errors import SagaCancelled, TransientError
from sagakit.event import ID, Event
from sagakit.eventlog import ABSENT
from sagakit.step import Effect, Outcome
from sagakit.transaction import Action, action


def create(effect: Effect, first: Event) -> Action:
    """Put the record of an intent or of its refusal, with what its event tells; there may be only one."""
    row = {**first.detail, ID: first.saga_id, "status": effect.statuses[Outcome(first.outcome)]}
    meanwhile = TransientError("another intent was recorded meanwhile")
    return action("Put", os.environ[effect.table], lambda _: meanwhile, item=row, condition=ABSENT)


def move(effect: Effect, event: Event, before: Outcome, status: str = "") -> Action:
    """Move the record on from a state; to the one that the event stands for, unless `status` says another."""

    def refusal(row: Item | None) -> Exception:
        if row and row["status"] not in effect.statuses.values():
            return SagaCancelled(f"its {effect.state} is {row['status']}")
        return TransientError("the record changed meanwhile")

    after = status or effect.statuses.get(Outcome(event.outcome), event.outcome)
    states: Any = {"before": effect.statuses[before], "after": after}
    table, key, condition = os.environ[effect.table], {ID: event.saga_id}, "#status = :before"
    return action("Update", table, refusal, key=key, update="SET #status = :after", condition=condition, **states)
