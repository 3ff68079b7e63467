"""The record of an effect outside, one row for each saga: its state says how far the effect is."""

import os
from typing import Any

from sagakit.dynamodb import Item
from sagakit.errors import SagaCancelled, TransientError
from sagakit.event import ID, Event
from sagakit.eventlog import ABSENT
from sagakit.step import Effect, Outcome
from sagakit.transaction import Action, action


def create(effect: Effect, intended: Event) -> Action:
    """Put the record of an intent, with what its event tells; there may be only one."""
    row = {ID: intended.saga_id, **intended.detail, "status": effect.statuses[Outcome.INTENDED]}
    meanwhile = TransientError("another intent was recorded meanwhile")
    return action("Put", os.environ[effect.table], lambda _: meanwhile, item=row, condition=ABSENT)


def move(effect: Effect, event: Event, before: Outcome, status: str = "") -> Action:
    """Move the record on from a state; to the one that the event stands for, unless `status` says another."""

    def refusal(row: Item | None) -> Exception:
        if row and row["status"] not in effect.statuses.values():
            return SagaCancelled(f"its {effect.state} is {row['status']}")
        return TransientError("the record changed meanwhile")

    states: Any = {"before": effect.statuses[before], "after": status or effect.statuses[Outcome(event.outcome)]}
    table, key, condition = os.environ[effect.table], {ID: event.saga_id}, "#status = :before"
    return action("Update", table, refusal, key=key, update="SET #status = :after", condition=condition, **states)
