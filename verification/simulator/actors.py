"""Who acts: every invocation, every execution and every caller is a greenlet, and only one runs at a time.

An actor stops before each call that it makes to the outside. Whoever holds the stage decides who goes on, and what
becomes of the call.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import greenlet

from verification.simulator.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Callable

    from verification.simulator.clock import Clock
    from verification.simulator.faults import Fault

TICK = 1  # milliseconds that every call takes


class Crash(BaseException):
    """The process dies here: nothing catches it, nothing is cleaned up."""


@dataclass(frozen=True)
class Call:
    """A call that an actor is about to make."""

    service: str
    operation: str
    request: Any
    deed: str


@dataclass(frozen=True)
class Ended:
    """How an actor ended: with a value, or with an error by its name in the state machine."""

    value: Any = None
    error: str = ""
    cause: str = ""


@dataclass(eq=False)
class Actor:
    """Somebody who acts. `function` is what runs, `order_id` whom it is about; `caller` waits for its end."""

    name: str
    function: str
    body: Callable[[], Any]
    ended: Callable[[Ended], None]
    order_id: str = ""
    caller: Actor | None = None
    skew: int = 0  # milliseconds by which its clock is wrong
    pending: Call | None = None
    sticky: tuple[Fault, str, int] | None = None  # a fault that goes on, for calls that do this, so many times more
    calls: int = 0
    waiting: bool = False
    asleep: bool = False  # goes on only when chosen
    late: bool = False  # its caller has given it up
    over: bool = False
    memory: Memory = field(default_factory=Memory)
    message: Any = None  # what it learns when it goes on
    thread: Any = None

    @property
    def ready(self) -> bool:
        return not self.over and not self.waiting

    @property
    def site(self) -> str:
        """Where it stands: what runs, and the call that it is about to make."""
        return f"{self.function}: {self.pending.deed if self.pending else 'start'}"

    def stuck(self) -> Fault | None:
        """Give the fault that goes on, if it befalls this call too."""
        if not self.sticky or not self.pending:
            return None
        fault, deed, left = self.sticky
        if not left or deed != self.pending.deed:
            return None
        self.sticky = fault, deed, left - 1
        return fault


class Stage:
    """Holds the actors, and lets one go on at a time."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.actors: list[Actor] = []
        self.current: Actor | None = None
        self.acting: Actor | None = None  # who runs this very moment; the surroundings, when it is nobody
        self.calm = False  # nobody interferes: only executions still stop
        self.entered = 0
        self._hub = greenlet.getcurrent()

    def enter(self, actor: Actor) -> Actor:
        """Let somebody in, who is next."""
        self.actors = [each for each in self.actors if not each.over]
        actor.thread = greenlet.greenlet(lambda _message: self._play(actor), parent=self._hub)
        self.actors.append(actor)
        self.entered += 1
        self.current = actor
        return actor

    def reach(self, call: Call) -> Fault | None:
        """Stop before a call, and learn what becomes of it."""
        actor = self.acting
        if actor is None or (self.calm and call.service != "lambda"):
            return None
        actor.pending = call
        actor.calls += 1
        fault: Fault | None = self._hub.switch()
        actor.pending = None
        return fault

    def wait(self) -> Ended:
        """Wait until somebody answers."""
        actor = self.acting
        if actor is None:
            raise RuntimeError("only an actor can wait")
        actor.waiting = True
        ended: Ended = self._hub.switch()
        return ended

    def answer(self, actor: Actor, ended: Ended) -> None:
        """Give somebody what he waits for; he is next."""
        actor.waiting = False
        actor.message = ended
        self.current = actor

    def go_on(self, actor: Actor, message: Any = None) -> None:
        """Let an actor go on to its next call, or to its end."""
        message, actor.message = (message if actor.message is None else actor.message), None
        self._run(actor, lambda: actor.thread.switch(message))

    def kill(self, actor: Actor, error: str) -> None:
        """End an actor where it stands."""
        if actor.thread:
            self._run(actor, lambda: actor.thread.throw(Crash(error)))
        elif not actor.over:
            actor.over = True
            actor.ended(Ended(error=error))

    def clear(self) -> None:
        """End everybody."""
        for actor in self.actors:
            actor.ended = lambda _: None
            self.kill(actor, "the end")

    def next(self) -> Actor | None:
        """Tell who goes on when nobody interferes: the same again, else the first one awake."""
        awake = [actor for actor in self.actors if actor.ready and not actor.asleep]
        return self.current if self.current in awake else next(iter(awake), None)

    def _run(self, actor: Actor, go: Callable[[], object]) -> None:
        self.current = self.acting = actor
        self.clock.pass_by(TICK)
        self.clock.skew = actor.skew
        actor.memory.enter()
        go()
        actor.memory.leave()
        self.clock.skew = 0
        self.acting = None

    def _play(self, actor: Actor) -> None:
        ended = _outcome(actor.body)
        actor.over = True
        self.acting = None
        actor.ended(ended)


def _outcome(body: Callable[[], Any]) -> Ended:
    try:
        return Ended(body())
    except Crash as crash:
        return Ended(error=str(crash), cause="the process died")
    except Exception as error:  # noqa: BLE001  whatever it is, it is what the state machine sees
        name = type(error).__name__
        return Ended(error=name, cause=json.dumps({"errorMessage": str(error), "errorType": name, "stackTrace": []}))
