"""What a saga is made of, as a participant declares it: steps, effects outside, and what undoes them.

A declaration is data; called as a decorator, it makes the Lambda handler of a function that says what changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sagakit.dynamodb import Item
    from sagakit.errors import BusinessError
    from sagakit.event import Event, History
    from sagakit.observability import Handler
    from sagakit.transaction import Action


class Outcome(StrEnum):
    """What an event says of the state, or of the saga, that made it."""

    STARTED = "started"
    INTENDED = "intended"  # an effect outside is announced; nothing is done yet
    DONE = "done"
    REFUSED = "refused"
    UNDONE = "undone"
    CONFIRMED = "confirmed"
    CANCELLING = "cancelling"
    FAILED = "failed"
    PARKED = "parked"
    RESUMED = "resumed"


@dataclass(frozen=True)
class Change:
    """What a step did: the detail of its event, and the writes that go into the same transaction.

    In a detail, `amount` is money in minor units and `items` are pieces of products: the operator's tools show what
    became of them. `refusal` is a no that is not raised, `status` what a compensation makes of an effect's record.
    """

    detail: Mapping[str, Any]
    writes: Sequence[Action] = ()
    refusal: BusinessError | None = None
    status: str = ""


@dataclass(frozen=True, eq=False)
class Forward:
    """A step on the way to the pivot. `refusals` are final answers of the business, each with its event."""

    state: str
    event: str
    refusals: Mapping[type[BusinessError], str] = field(default_factory=dict)

    @property
    def declared(self) -> tuple[str, ...]:
        """All events that the step may record, in order, as they are declared."""
        return (self.event, *self.refusals.values())

    @property
    def events(self) -> dict[str, Outcome]:
        """What each event says."""
        return {self.event: Outcome.DONE, **dict.fromkeys(self.refusals.values(), Outcome.REFUSED)}

    @property
    def guarded(self) -> tuple[str, ...]:
        """Events that are recorded only while the saga is PENDING."""
        return self.declared

    @property
    def traces(self) -> tuple[str, ...]:
        """Events that say there may be something to undo, the first of them first."""
        return (self.event,)


class Step(Forward):
    """A step whose whole effect is in our tables."""

    def __call__(self, act: Callable[[History], Change]) -> Handler:
        """Make the handler of a function that says what the step changes."""
        from sagakit import run_step  # noqa: PLC0415  whoever only reads a table loads nothing that runs its steps

        return run_step.handler(self, act)


@dataclass(frozen=True, eq=False, kw_only=True)
class Effect(Forward):
    """A step whose effect is in another system, in two phases.

    An intent is created there, which does nothing yet, and recorded here; only then is it made real. So whatever may
    have happened outside is on record. `table` is the setting that names the table of these records, one for each saga,
    and `statuses` are the states of a record by what happened.
    """

    intent: str
    table: str
    statuses: Mapping[Outcome, str]

    @property
    def declared(self) -> tuple[str, ...]:
        """All events that the step may record, in order, as they are declared."""
        return (self.intent, *super().declared)

    @property
    def events(self) -> dict[str, Outcome]:
        """What each event says."""
        return {self.intent: Outcome.INTENDED, **super().events}

    @property
    def guarded(self) -> tuple[str, ...]:
        """Only the intent: what became of it outside is recorded whatever was decided meanwhile."""
        return (self.intent,)

    @property
    def traces(self) -> tuple[str, ...]:
        """Every event: even a refusal does not prove that nothing happens outside."""
        return self.declared

    def __call__(self, intend: Callable[[Item], Change]) -> Callable[[Callable[[Event], Change]], Handler]:
        """Make the handler of a function that makes an intent real; `intend` creates one, from the saga's row."""
        from sagakit import run_effect  # noqa: PLC0415  as in Step

        return lambda act: run_effect.handler(self, intend, act)


@dataclass(frozen=True, eq=False)
class Compensation:
    """What undoes a step. Where there is nothing to undo, that is recorded too."""

    state: str
    event: str
    undoes: Forward

    def __call__(self, act: Callable[[Event | None], Change]) -> Handler:
        """Make the handler of a function that says what undoing changes; it gets None where nothing was done."""
        from sagakit import run_compensation  # noqa: PLC0415  as in Step

        return run_compensation.handler(self, act)
