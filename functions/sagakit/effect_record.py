"""The record of an external effect, one row per saga: its status shows how far the effect has got."""

import os
from typing import Any

from sagakit.dynamodb import Item
from sagakit.errors import SagaCancelled, TransientError
from sagakit.event import ID, Event
from sagakit.eventlog import ABSENT
from sagakit.step import Effect, Outcome
from sagakit.transaction import Action, action


def create(effect: Effect, first: Event) -> Action:
    """Return the action that inserts the record of an intent, or of its refusal, with the detail of that event."""
    row = {**first.detail, ID: first.saga_id, "status": effect.statuses[Outcome(first.outcome)]}
    conflict = TransientError("another intent was recorded meanwhile")
    return action("Put", os.environ[effect.table], lambda _: conflict, item=row, condition=ABSENT)


def move(effect: Effect, event: Event, before: Outcome, status: str = "") -> Action:
    """Return the action that moves the record on from `before`, to `status` or else to what the event stands for."""

    def refusal(row: Item | None) -> Exception:
        if row and row["status"] not in effect.statuses.values():
            return SagaCancelled(f"its {effect.state} is {row['status']}")
        return TransientError("the record changed meanwhile")

    after = status or effect.statuses.get(Outcome(event.outcome), event.outcome)
    statuses: Any = {"before": effect.statuses[before], "after": after}
    table, key, condition = os.environ[effect.table], {ID: event.saga_id}, "#status = :before"
    return action("Update", table, refusal, key=key, update="SET #status = :after", condition=condition, **statuses)
