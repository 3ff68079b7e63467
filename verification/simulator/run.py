"""One run: a world, and the people and functions in it."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Self
from unittest.mock import patch

from sagakit import tables
from tests.support.world import PRICES
from verification.simulator.actors import Actor, Call, Ended, Stage
from verification.simulator.choices import Plan
from verification.simulator.clock import Clock, kept_by
from verification.simulator.database import Change, Database, Refused
from verification.simulator.errors import refusal
from verification.simulator.expressions import Item, Part
from verification.simulator.functions import invoked
from verification.simulator.labels import fence, fences, role
from verification.simulator.memory import forget_circuits
from verification.simulator.outbox_stream import Bus, Stream
from verification.simulator.people import People
from verification.simulator.step_functions import StepFunctions
from verification.simulator.story import Story
from verification.simulator.tally import Tally
from verification.simulator.transport import carried_by
from verification.simulator.watch import Watch
from verification.simulator.whims import Whims

STOCK = 3
SHARDS = 2  # of the sparse indexes: sixteen, most of them empty, cost a third of the time and show no more


class Run:
    """A world in which time, failure and order of events are settled by a plan."""

    def __init__(self, plan: Plan, tally: Tally, without: frozenset[str]) -> None:
        self.plan, self.tally = plan, tally
        self.clock = Clock()
        self.stage = Stage(self.clock)
        self.story = Story()
        self.watch = Watch(self)
        self.db = Database(self.clock.now, self._committed, self._judge, plan.page)
        self.sfn = StepFunctions(self)
        self.bus, self.stream = Bus(), Stream(self)
        self.people = People(self)
        self.late: list[Call] = []  # calls that somebody gave up, and that have not arrived yet
        self.forgotten: list[Item] = []  # keys that the gateway does not know any more
        self.order_ids: list[str] = []
        self.struck: set[str] = set()  # faults by name
        self.strays: set[str] = set()  # orders of which a step was called out of turn
        self._without = without  # guards, or all of a role, that are not in force
        self.serving: Call | None = None  # what takes effect now; none, where it is fate
        self._refusing: list[str] = []
        for product, price in PRICES.items():
            row = {"productId": product, "name": product, "price": price, "available": STOCK, "stocked": STOCK}
            self.db.put(os.environ["INVENTORY_TABLE"], row)

    def __enter__(self) -> Self:
        self._patches = ExitStack()
        self._patches.enter_context(patch("sagakit.observability._write", lambda *_: None))  # metrics go to stdout
        for module in ("sagakit.event", "sagakit.recovery.store"):
            self._patches.enter_context(patch(f"{module}.SHARDS", SHARDS))
        self._patches.enter_context(patch("sagakit.run_step.refusable", Whims(self.plan.whim).refusable))
        self._patches.enter_context(kept_by(self.clock))
        self._patches.enter_context(carried_by(self))
        forget_circuits()
        return self

    def __exit__(self, *_: object) -> None:
        self.stage.clear()
        self._patches.close()

    def enter(
        self, name: str, function: str, body: Callable[[], Any], ended: Callable[[Ended], None], order_id: str = ""
    ) -> Actor:
        """Let somebody in, with a clock that may be wrong."""
        actor = Actor(name, function, body, ended, order_id)
        actor.skew = self.plan.skew * ((self.plan.first + self.stage.entered) % 3 - 1)
        return self.stage.enter(actor)

    def act(self, name: str, function: str, payload: Any, ended: Callable[[Ended], None], order_id: str = "") -> Actor:
        """Invoke a function."""

        def heard(end: Ended) -> None:
            self.tally.hit("end", f"{function}: {end.error or 'done'}")
            if end.error:
                self.story.tell(self.story.who(actor), f"{function} ends: {end.error}")
            ended(end)

        actor = self.enter(name, function, lambda: invoked(function, payload, self.clock), heard, order_id)
        return actor

    def perform(self, call: Call) -> Any:
        """Let a call take effect.

        Raises:
            ClientError: the service refuses.
        """
        self.serving, self._refusing = call, []
        try:
            answer = self._serve(call)
        except Refused as refused:
            self.story.refused(self.stage.acting, call, ", ".join(self._refusing) or refused.code)
            raise refusal(call, refused) from None
        finally:
            self.serving = None
        self.story.done(self.stage.acting, call)
        self.watch.check()
        return answer

    def reasons(self, call: Call) -> list[Item]:
        """Say for each action of a transaction why it would be refused now."""
        self.serving, self._refusing = call, []
        try:
            return self.db.reasons(call.request)
        finally:
            self.serving = None

    def befall(self, fault: str, call: Call) -> None:
        """Note that a fault befalls the call of the one who acts."""
        actor = self.stage.acting
        self.strike(fault, f"{actor.function if actor else ''}: {call.deed}")
        self.story.tell(self.story.who(actor), f"✗ {fault}: {call.deed}")

    def strike(self, fault: str, site: str) -> None:
        """Note that a fault strikes."""
        self.struck.add(fault)
        self.tally.strike(fault, site)

    def rows(self, table: str) -> list[Item]:
        """Give all rows of a table."""
        return self.db.rows(os.environ[f"{table}_TABLE"])

    def _serve(self, call: Call) -> Any:
        match call.service:
            case "dynamodb":
                self.tally.issued.update(fences(call.operation, call.request))
                return self.db.call(call.operation, call.request)
            case "stepfunctions":
                return self.sfn.start(call.request)
            case "events":
                return self.bus.put(call.request)
            case _:
                return None  # Lambda: the function is about to be invoked

    def _judge(self, kind: str, action: Any, part: Part) -> bool:
        """Tell whether a guard that says no is in force."""
        call = self.serving
        if call is None:
            return True
        name = fence(call.operation, call.request, kind, action, part)
        if name in self._without or role(name) in self._without:
            return False
        self._refusing.append(name.partition(": ")[2])
        self.tally.hit("fence", name)
        return True

    def _committed(self, changes: list[Change]) -> None:
        for change in changes:
            if change.table == tables.sagas() and change.before is None:
                self.order_ids.append(change.key[0])
                self.story.name(change.key[0])
            if change.table == tables.events():
                self.stream.hear(change)
            self.watch.see(change)
