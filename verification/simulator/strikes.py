"""How a fault strikes: a call, an invocation, an execution."""

from collections.abc import Callable, Iterator
from functools import partial

from verification.simulator.actors import Actor
from verification.simulator.faults import FAULTS, Fault
from verification.simulator.run import Run

type Act = Callable[[], object]

TASK_TIMEOUT, ABORTED, TIMED_OUT = "task timeout", "execution aborted", "execution timed out"
FALLS_ASLEEP = "falls asleep"
FAULT_NAMES = (*(fault.name for fault in FAULTS), TASK_TIMEOUT, ABORTED, TIMED_OUT, FALLS_ASLEEP)


def possible(run: Run, actor: Actor) -> Iterator[tuple[str, Act]]:
    """Give the faults that can befall an actor before his next call, by name."""
    if actor.pending:
        yield from ((each.name, partial(_befall, run, actor, each)) for each in FAULTS if each.fits(actor.pending))
        yield FALLS_ASLEEP, partial(_fall_asleep, run, actor)
    if actor.pending and actor.caller:
        yield TASK_TIMEOUT, partial(_time_out, run, actor)
        yield ABORTED, partial(end, run, actor.caller, ABORTED)
        yield TIMED_OUT, partial(end, run, actor.caller, TIMED_OUT)


def end(run: Run, actor: Actor, fault: str) -> None:
    """End an execution from outside; its invocation, if there is one, lives on."""
    run.strike(fault, "OrderSaga")
    execution = next(each for each in run.sfn.executions if each.actor is actor)
    run.sfn.end(execution, fault.removeprefix("execution ").replace(" ", "_").upper())


def _befall(run: Run, actor: Actor, fault: Fault) -> None:
    if actor.pending:
        actor.sticky = fault, actor.pending.deed, fault.lasts - 1
    run.stage.go_on(actor, fault)


def _time_out(run: Run, actor: Actor) -> None:
    run.strike(TASK_TIMEOUT, actor.site)
    _tell(run, actor, TASK_TIMEOUT)
    actor.late = True
    run.sfn.time_out(actor)


def _fall_asleep(run: Run, actor: Actor) -> None:
    run.strike(FALLS_ASLEEP, actor.site)
    _tell(run, actor, FALLS_ASLEEP)
    actor.asleep = True


def _tell(run: Run, actor: Actor, what: str) -> None:
    run.story.tell(run.story.who(actor), f"✗ {what} before: {actor.pending.deed if actor.pending else ''}")
