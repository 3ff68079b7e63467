"""Injecting a fault into a call, an invocation or an execution."""

from collections.abc import Callable, Iterator
from functools import partial

from verification.simulator.faults.call_faults import CALL_FAULTS, NOT_INVOKED
from verification.simulator.names.saga_table import HAS_QUEUES
from verification.simulator.world.scheduler import Actor, Fault
from verification.simulator.world.simulation import Simulation
from verification.simulator.world.step_functions import StepFunctions

type Action = Callable[[], object]

TASK_TIMEOUT, ABORTED, TIMED_OUT = "task timeout", "execution aborted", "execution timed out"
SUSPENDED = "suspended"
# Where queues coordinate there are no executions: a worker breaks, and its messages are delivered again.
FAULT_NAMES = (
    *(fault.name for fault in CALL_FAULTS if not HAS_QUEUES or fault.name != NOT_INVOKED),
    *(() if HAS_QUEUES else (TASK_TIMEOUT, ABORTED, TIMED_OUT)),
    SUSPENDED,
)


def applicable_faults(sim: Simulation, actor: Actor) -> Iterator[tuple[str, Action]]:
    """Return, by name, the faults that can hit an actor before its next call."""
    if actor.pending:
        applicable = (fault for fault in CALL_FAULTS if fault.applies(actor.pending))
        yield from ((fault.name, partial(_hit_call, sim, actor, fault)) for fault in applicable)
        yield SUSPENDED, partial(_suspend, sim, actor)
    if actor.pending and actor.caller:
        yield TASK_TIMEOUT, partial(_time_out, sim, actor)
        yield ABORTED, partial(end_execution, sim, actor.caller, ABORTED)
        yield TIMED_OUT, partial(end_execution, sim, actor.caller, TIMED_OUT)


def end_execution(sim: Simulation, actor: Actor, fault: str) -> None:
    """End an execution from outside. Its invocation, if there is one, continues."""
    sim.record_fault(fault, actor.function)
    assert isinstance(sim.sfn, StepFunctions)
    execution = next(each for each in sim.sfn.executions if each.actor is actor)
    sim.sfn.end(execution, fault.removeprefix("execution ").replace(" ", "_").upper())


def _hit_call(sim: Simulation, actor: Actor, fault: Fault) -> None:
    actor.recurring_faults = actor.operation, [fault] * (fault.lasts - 1)
    sim.scheduler.run(actor, fault)


def _time_out(sim: Simulation, actor: Actor) -> None:
    _record(sim, actor, TASK_TIMEOUT)
    actor.abandoned = True
    assert isinstance(sim.sfn, StepFunctions)
    sim.sfn.time_out(actor)


def _suspend(sim: Simulation, actor: Actor) -> None:
    _record(sim, actor, SUSPENDED)
    actor.suspended = True


def _record(sim: Simulation, actor: Actor, fault: str) -> None:
    sim.record_fault(fault, actor.site)
    sim.trace.add(actor, f"✗ {fault} before: {actor.operation}")
