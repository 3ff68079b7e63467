"""A cooperative scheduler: each invocation, execution and client is a greenlet, and only one runs at a time.

An actor stops before each call to AWS. The simulation decides which actor runs next, and whether a fault hits the call.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Optional

import greenlet

from verification.simulator.world.process_memory import ProcessMemory
from verification.simulator.world.virtual_clock import VirtualClock

CALL_DURATION = 1  # milliseconds


class Crash(BaseException):
    """The process dies: no handler catches this, and nothing is cleaned up."""


@dataclass(frozen=True)
class Call:
    """A call that an actor is about to make. `operation` is its name in traces and profiles."""

    service: str
    api: str
    request: Any
    operation: str


@dataclass(frozen=True)
class Result:
    """How an actor ended: with a value, or with an error by its name in the state machine."""

    value: Any = None
    error: str = ""
    cause: str = ""


@dataclass(frozen=True)
class Fault:
    """A fault of a call. `applies` selects the calls, `inject` takes the place of the call, `lasts` counts calls."""

    name: str
    applies: Callable[[Call], bool]
    inject: Callable[[Call, Any], Any]  # the call, and the simulation
    lasts: int = 1


@dataclass(eq=False)
class Actor:
    """A greenlet that runs `body` for the function `function`; `caller` waits for its result."""

    name: str
    function: str
    body: Callable[[], Any]
    on_end: Callable[[Result], None]
    order_id: str = ""
    caller: Optional["Actor"] = None
    skew: int = 0  # error of its clock, in milliseconds
    pending: Call | None = None
    recurring_faults: tuple[str, list[Fault]] = ("", [])  # the next calls of this operation get these faults
    calls: int = 0
    waiting: bool = False
    suspended: bool = False  # runs only when chosen
    abandoned: bool = False  # its caller has timed out
    ended: bool = False
    memory: ProcessMemory = field(default_factory=ProcessMemory)
    message: Any = None  # delivered when it runs next
    greenlet: Any = None

    @property
    def ready(self) -> bool:
        return not self.ended and not self.waiting

    @property
    def operation(self) -> str:
        return self.pending.operation if self.pending else ""

    @property
    def site(self) -> str:
        """The function, and the call that it is about to make."""
        return f"{self.function}: {self.operation or 'start'}"

    def recurring_fault(self) -> Fault | None:
        """Return the recurring fault that hits the pending call, if there is one."""
        operation, faults = self.recurring_faults
        return faults.pop() if faults and operation == self.operation else None


class Scheduler:
    """Holds the actors, and runs one at a time."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.actors: list[Actor] = []
        self.current: Actor | None = None  # next to run, unless something interferes
        self.running: Actor | None = None  # None while the environment acts
        self.faults_over = False  # from now on only executions stop before a call: this saves time
        self.spawned = 0
        self._hub = greenlet.getcurrent()

    def spawn(self, actor: Actor) -> Actor:
        """Add an actor, which runs next."""
        self.actors = [each for each in self.actors if not each.ended]
        actor.greenlet = greenlet.greenlet(lambda _message: self._main(actor), parent=self._hub)
        self.actors.append(actor)
        self.spawned += 1
        self.current = actor
        return actor

    def stop_before(self, call: Call) -> Fault | None:
        """Stop the running actor before a call, and return the fault that hits the call."""
        actor = self.running
        if actor is None or (self.faults_over and call.service != "lambda"):
            self.clock.advance(CALL_DURATION)  # or a stale reader would never catch up
            return None
        actor.pending = call
        actor.calls += 1
        fault: Fault | None = self._hub.switch()
        actor.pending = None
        return fault

    def wait(self) -> Result:
        """Let the running actor wait for a result."""
        assert self.running
        self.running.waiting = True
        result: Result = self._hub.switch()
        return result

    def deliver(self, actor: Actor, result: Result) -> None:
        """Give a waiting actor its result. It runs next."""
        actor.waiting = False
        actor.message = result
        self.current = actor

    def run(self, actor: Actor, fault: Fault | None = None) -> None:
        """Run an actor up to its next call, or to its end."""
        message, actor.message = (fault if actor.message is None else actor.message), None
        self._switch(actor, lambda: actor.greenlet.switch(message))

    def kill(self, actor: Actor, error: str) -> None:
        """End an actor where it stopped."""
        if actor.greenlet:  # has started, and is alive
            self._switch(actor, lambda: actor.greenlet.throw(Crash(error)))
        elif not actor.ended:
            actor.ended = True
            actor.on_end(Result(error=error))

    def kill_all(self) -> None:
        """End all actors without reporting their results."""
        for actor in self.actors:
            actor.on_end = lambda _: None
            self.kill(actor, "the simulation is over")

    def next(self) -> Actor | None:
        """Return the actor that runs by default: the current one, or else the first that is ready."""
        ready = [actor for actor in self.actors if actor.ready and not actor.suspended]
        return self.current if self.current in ready else next(iter(ready), None)

    def _switch(self, actor: Actor, switch: Callable[[], object]) -> None:
        self.current = self.running = actor
        self.clock.advance(CALL_DURATION)
        self.clock.skew = actor.skew
        actor.memory.load()
        switch()
        self.clock.skew = 0
        self.running = None

    def _main(self, actor: Actor) -> None:
        result = _result(actor.body)
        actor.ended = True
        self.running = None
        actor.on_end(result)


def _result(body: Callable[[], Any]) -> Result:
    try:
        return Result(body())
    except Crash as crash:
        return Result(error=str(crash), cause="the process died")
    except Exception as error:  # noqa: BLE001  the state machine sees any error
        name = type(error).__name__
        return Result(error=name, cause=json.dumps({"errorMessage": str(error), "errorType": name, "stackTrace": []}))
