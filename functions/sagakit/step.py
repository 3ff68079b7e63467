"""What participants declare: steps, external effects, and their compensations.

A declaration is data. Used as a decorator, it turns a function that returns a change into a Lambda handler.
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
    """What an event says about the state, or the saga, that recorded it."""

    STARTED = "started"
    INTENDED = "intended"  # an external effect is announced, but not made yet
    DONE = "done"
    REFUSED = "refused"
    UNDONE = "undone"
    CONFIRMED = "confirmed"
    CANCELLING = "cancelling"
    FAILED = "failed"
    PARKED = "parked"
    RESUMED = "resumed"
    RETURNING = "returning"  # a part of a confirmed saga is given back, by a saga of its own


@dataclass(frozen=True)
class Change:
    """What a step did: the detail of its event, and the writes that belong in the same transaction.

    In a detail, `amount` is money in minor units and `items` are quantities of products; the operator's tools follow
    both. `refusal` is a refusal that is returned rather than raised.
    """

    detail: Mapping[str, Any]
    writes: Sequence[Action] = ()
    refusal: BusinessError | None = None


@dataclass(frozen=True, eq=False)
class Forward:
    """A step of a saga. `refusals` are the business errors that end it for good, each with its event.

    A step after the pivot has no refusals: its `final` errors, which waiting cannot help, park the saga.
    """

    state: str
    event: str
    refusals: Mapping[type[BusinessError], str] = field(default_factory=dict)
    final: Sequence[type[BusinessError]] = ()

    @property
    def results(self) -> tuple[str, ...]:
        """The events that end the step. Only one of them is ever recorded."""
        return (self.event, *self.refusals.values())

    @property
    def declared(self) -> tuple[str, ...]:
        """All events that the step may record, in order."""
        return self.results

    @property
    def events(self) -> dict[str, Outcome]:
        """The outcome that each event stands for."""
        return {self.event: Outcome.DONE, **dict.fromkeys(self.refusals.values(), Outcome.REFUSED)}

    @property
    def guarded(self) -> tuple[str, ...]:
        """Events that are recorded only while the saga is PENDING."""
        return self.declared

    @property
    def traces(self) -> tuple[str, ...]:
        """Events that mean there may be something to undo, earliest first."""
        return (self.event,)


class Step(Forward):
    """A step whose whole effect is in our tables."""

    def __call__(self, act: Callable[[History], Change]) -> Handler:
        """Create the Lambda handler; `act` returns what the step changes."""
        from sagakit import run_step  # noqa: PLC0415  reading a table must not load what runs its steps

        return run_step.handler(self, act)


@dataclass(frozen=True, eq=False, kw_only=True)
class Effect(Forward):
    """A step whose effect is in another system, in two phases.

    First an intent is created there, which has no effect yet, and recorded here. Only then does the effect happen, so
    anything that may have happened outside is on record.
    """

    intent: str

    @property
    def declared(self) -> tuple[str, ...]:
        """All events that the step may record, in order."""
        return (self.intent, *self.results)

    @property
    def events(self) -> dict[str, Outcome]:
        """The outcome that each event stands for."""
        return {self.intent: Outcome.INTENDED, **super().events}

    @property
    def guarded(self) -> tuple[str, ...]:
        """Only the intent: its result is recorded even if the saga was cancelled meanwhile."""
        return (self.intent,)

    @property
    def traces(self) -> tuple[str, ...]:
        """Every event: even a refusal does not prove that nothing happened outside."""
        return self.declared

    def __call__(self, intend: Callable[[Item], Change]) -> Callable[[Callable[[Event], Change]], Handler]:
        """Create the Lambda handler; `intend` creates an intent from the saga's row, and `act` makes its effect."""
        from sagakit import run_effect  # noqa: PLC0415  as in Step

        return lambda act: run_effect.handler(self, intend, act)


@dataclass(frozen=True, eq=False)
class Compensation:
    """What undoes a step. It records its event even if there is nothing to undo.

    `final` are the errors that waiting cannot help: they park the saga at once. Any other error is tried again.
    """

    state: str
    event: str
    undoes: Forward
    final: Sequence[type[BusinessError]] = ()

    def __call__(self, act: Callable[[Event | None], Change]) -> Handler:
        """Create the Lambda handler; `act` returns what undoing changes, given None if the step did nothing."""
        from sagakit import run_compensation  # noqa: PLC0415  as in Step

        return run_compensation.handler(self, act)
