"""The route of a saga that queues coordinate: which state follows another, after success and after an error.

It is what a state machine's definition says with Next and Catch (statemachine/states.py); a test compares them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from sagakit.errors import AlreadyConfirmed, CompensationIncomplete, NotCancelling, SagaCancelled, SagaPaused
from sagakit.saga import Saga, named

END = ""
COMPENSATION = "compensation"  # the queue of all states that undo


@dataclass(frozen=True)
class Stop:
    """A state on the route.

    `following` comes after success; `caught` are the errors with a state of their own. After any other error, once it
    has been tried again in vain, comes `otherwise`, or a pause if that is None. Only the start `runs` nothing.
    """

    queue: str
    following: str
    caught: Mapping[str, str] = field(default_factory=dict)
    otherwise: str | None = None
    runs: bool = True


@cache
def route(name: str) -> dict[str, Stop]:
    """Return the stops of this saga by state; the first one is where a run begins."""
    return dict(_stops(named(name)))


def _stops(saga: Saga) -> Iterator[tuple[str, Stop]]:
    start, confirm, cancel, fail = map(saga.name_for, ("Start{}", "Confirm{}", "Cancel{}", "Fail{}"))
    forward, back = [step.state for step in saga.forward], [each.state for each in saga.compensations]
    yield start, Stop(saga.name, forward[0], runs=False)
    cancelled = {SagaCancelled.__name__: cancel}
    for step, following in zip(saga.forward, [*forward[1:], confirm], strict=True):
        refused = {error.__name__: cancel for error in step.refusals}
        yield step.state, Stop(step.state, following, {**refused, **cancelled})
    yield confirm, Stop(saga.name, END, cancelled)
    yield cancel, Stop(COMPENSATION, back[0], {AlreadyConfirmed.__name__: END})
    for compensation, (_, following) in zip(saga.compensations, pairwise([*back, fail]), strict=True):
        final = {error.__name__: following for error in (*compensation.final, NotCancelling)}
        yield compensation.state, Stop(COMPENSATION, following, final, otherwise=following)
    ends = {error.__name__: END for error in (SagaPaused, CompensationIncomplete, NotCancelling)}
    yield fail, Stop(COMPENSATION, END, ends)
