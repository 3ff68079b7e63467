"""One run: the simulated AWS services, the clients, and the functions that run in them."""

import json
import os
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Self
from unittest.mock import patch

from sagakit import tables
from sagakit.errors import TransientError
from sagakit.event import Event
from sagakit.queues.message import Message
from sagakit.relay import outbox
from sagakit.saga import Saga, Status, named
from verification.simulator.coverage_counts import MAY_LAG, STALE, Coverage
from verification.simulator.dynamodb.expressions import Guard, Item
from verification.simulator.dynamodb.in_memory_dynamodb import Change, InMemoryDynamoDB, Refused
from verification.simulator.dynamodb.replica_lag import MAX_AGE
from verification.simulator.names.operation_names import guard_name, guard_names, guard_role
from verification.simulator.names.saga_table import HAS_QUEUES, RETURN, SAGA, SAGAS
from verification.simulator.run_plan import Plan
from verification.simulator.world import aws_sdk, hanging_payments, virtual_clock
from verification.simulator.world.aws_sdk import client_error, refusal
from verification.simulator.world.clients import PRICES, Clients
from verification.simulator.world.event_bus import Bus
from verification.simulator.world.forced_refusals import ForcedRefusals
from verification.simulator.world.lambda_runtime import run_handler
from verification.simulator.world.outage import DEFECT, GATEWAY, UNREADABLE, Outage
from verification.simulator.world.outbox_stream import Stream
from verification.simulator.world.process_memory import forget_circuits
from verification.simulator.world.queues import Queues
from verification.simulator.world.queues import settings as queue_settings
from verification.simulator.world.scheduler import Actor, Call, Crash, Result, Scheduler
from verification.simulator.world.sharded_stock import choosing_shards, stocked
from verification.simulator.world.step_functions import StepFunctions
from verification.simulator.world.sweepers import OneByOne, few_shards
from verification.simulator.world.trace import Trace

_read = outbox.read
SETTINGS = {"STATE_MACHINES": json.dumps({saga.name: saga.name for saga in SAGAS}), **queue_settings()}


def _sending(queues: Queues) -> Callable[[Message], None]:
    def send(message: Message) -> None:
        queues.send(message)

    return send


class Simulation:
    """A world in which a plan decides about time, faults and the order of events."""

    def __init__(self, plan: Plan, coverage: Coverage, disabled_guards: frozenset[str]) -> None:
        self.plan, self.coverage = plan, coverage
        self.clock = virtual_clock.VirtualClock()
        self.scheduler = Scheduler(self.clock)
        self.trace = Trace()
        self.violations: list[str] = []
        self.on_change: Callable[[Change], None] = lambda _: None  # the checker's
        self.after_call: Callable[[], None] = lambda: None
        self.db = InMemoryDynamoDB(
            lambda: self.clock.true, self._committed, self._is_enforced, plan.page_size, plan.lag
        )
        self.db.on_lagging_read = self._count_lagging_read
        self.sfn: StepFunctions | Queues = Queues(self) if HAS_QUEUES else StepFunctions(self)
        self.bus, self.stream = Bus(), Stream(self)
        self.clients = Clients(self)
        self.delayed_calls: list[Call] = []  # the caller has given up, and the call hasn't taken effect yet
        self.forgotten_keys: list[Item] = []  # idempotency keys that the gateway has forgotten
        self.sagas: dict[str, Saga] = {}  # by id, in the order in which they were started
        self.faults: Counter[str] = Counter()  # how often each was injected
        self.called_out_of_turn: set[str] = set()  # orders of which a step was called out of turn
        self.outage: Outage | None = None  # the current one, or the last
        self.outage_ends = 0
        self.unreadable: set[str] = set()  # ids of events that a bad deployment failed to read
        self.current_call: Call | None = None  # takes effect now; None while the environment writes
        self._disabled_guards = disabled_guards  # names or roles
        self._refusing: list[str] = []  # guards that refuse the current call
        for product, price in PRICES.items():
            for row in stocked(product, price, plan.shards):
                self.db.put(os.environ["INVENTORY_TABLE"], row)
        self.clock.advance(MAX_AGE)  # the catalogue is older than the first order

    def __enter__(self) -> Self:
        self._patches = ExitStack()
        self._patches.enter_context(patch("sagakit.observability._write", lambda *_: None))  # metrics go to stdout
        self._patches.enter_context(hanging_payments.installed(hang=self.plan.payments_hang))
        self._patches.enter_context(patch("payment.simulated._require_up", self._require_gateway))
        self._patches.enter_context(patch("sagakit.relay.outbox.read", self._read_event))
        self._patches.enter_context(few_shards())
        self._patches.enter_context(patch.dict(os.environ, SETTINGS))
        if isinstance(self.sfn, Queues):
            self._patches.enter_context(patch("sagakit.queues.worker._run", self.sfn.run_state))
            self._patches.enter_context(patch.object(Message, "send", _sending(self.sfn)))
        self._patches.enter_context(patch("sagakit.sweeping.ThreadPoolExecutor", OneByOne))
        self._patches.enter_context(patch("order.ids.secret", lambda: b"secret"))  # the same schedule, the same ids
        refusals = ForcedRefusals(self.plan.first_refusal)
        self._patches.enter_context(patch("sagakit.run_step.refusable", refusals.refusable))
        self._patches.enter_context(virtual_clock.installed(self.clock))
        self._patches.enter_context(choosing_shards(self.clock))
        self._patches.enter_context(aws_sdk.connected(self))
        forget_circuits()
        return self

    def __exit__(self, *_: object) -> None:
        self.scheduler.kill_all()
        self._patches.close()

    def invoke(
        self, name: str, function: str, payload: Any, on_end: Callable[[Result], None], order_id: str = ""
    ) -> Actor:
        """Invoke a function on a machine whose clock may be wrong."""

        def ended(result: Result) -> None:
            if result.error:
                self.trace.add(actor, f"{function} ends: {result.error}")
            on_end(result)

        actor = Actor(name, function, lambda: self._run(function, payload), ended, order_id)
        actor.skew = self.plan.skew * ((self.plan.first_skew + self.scheduler.spawned) % 3 - 1)
        return self.scheduler.spawn(actor)

    @property
    def order_ids(self) -> list[str]:
        """The ids of the orders, or transactions, but not of returns."""
        return [saga_id for saga_id, saga in self.sagas.items() if saga is SAGA]

    @property
    def queues(self) -> Queues:
        """The queues, where they coordinate."""
        assert isinstance(self.sfn, Queues)
        return self.sfn

    def saga_of(self, saga_id: str) -> Saga:
        """Return the declaration of a saga, by default that of orders."""
        return self.sagas.get(saga_id, SAGA)

    @property
    def is_down(self) -> bool:
        """Whether there is an outage now."""
        return self.clock.true < self.outage_ends

    def begin_outage(self, outage: Outage) -> None:
        """Let something be down from now on."""
        self.outage, self.outage_ends = outage, self.clock.true + outage.milliseconds
        self.faults[outage.kind] += 1
        self.trace.add("environment", f"{outage} is down for {outage.lasts}")

    def perform(self, call: Call) -> Any:
        """Let a call take effect.

        Raises:
            ClientError: the service refuses the call, or is down.
        """
        if self.scheduler.running and self.is_down and self.outage and self.outage.hits_call(call):
            raise client_error(call, "InternalServerError", 500)
        self.current_call, self._refusing = call, []
        try:
            response = self._serve(call)
        except Refused as refused:
            self._record_refusal(call, refused.code)
            raise refusal(call, refused) from None
        finally:
            self.current_call = None
        self.trace.succeeded(self.scheduler.running, call)
        self.after_call()
        return response

    def cancellation_reasons(self, call: Call) -> list[Item]:
        """Return the reason why each action of a transaction would be refused now."""
        self.current_call, self._refusing = call, []
        try:
            return self.db.cancellation_reasons(call.request)
        finally:
            self.current_call = None

    def record_call_fault(self, fault: str, call: Call) -> None:
        """Record a fault of the running actor's call."""
        actor = self.scheduler.running
        self.record_fault(fault, f"{actor.function if actor else ''}: {call.operation}")
        self.trace.add(actor, f"✗ {fault}: {call.operation}")

    def record_fault(self, fault: str, site: str) -> None:
        """Record a fault for the coverage and the checker."""
        self.faults[fault] += 1
        self.coverage.count_fault(fault, site)

    def rows(self, table: str) -> list[Item]:
        """Return all rows of a table, named as in the functions' settings: SAGAS for SAGAS_TABLE."""
        return self.db.rows(os.environ[f"{table}_TABLE"])

    def parked_orders(self) -> list[str]:
        """Return the ids of the parked orders and returns."""
        return [row["orderId"] for row in self.rows("SAGAS") if "parked" in row]

    def _run(self, function: str, payload: Any) -> Any:
        if self.is_down and self.outage and self.outage.hits_function(function):
            if self.outage.kind == DEFECT:
                raise RuntimeError("a defect of this deployment")
            raise Crash("Lambda.TooManyRequestsException")
        return run_handler(function, payload, self.clock)

    def _require_gateway(self) -> None:
        if self.is_down and self.outage and self.outage.kind == GATEWAY:
            raise TransientError("the gateway answered 503")

    def _read_event(self, row: Item) -> Event:
        if self.is_down and self.outage and self.outage.kind == UNREADABLE:
            self.unreadable.add(row.get("eventId", ""))
            raise outbox.Malformed("a defect of this deployment")
        return _read(row)

    def _serve(self, call: Call) -> Any:
        match call.service:
            case "dynamodb":
                self.coverage.guards.update(guard_names(call.api, call.request))
                return self.db.call(call.api, call.request)
            case "stepfunctions" if isinstance(self.sfn, StepFunctions):
                return self.sfn.start(call.request)
            case "sqs":
                return self.queues.serve(call.api, call.request)
            case "events":
                return self.bus.put(call.request)
            case _:
                return None  # Lambda: the caller invokes the function next

    def _is_enforced(self, kind: str, action: Any, guard: Guard) -> bool:
        """Return whether a guard that refuses is in force."""
        if self.current_call is None:
            return True
        name = guard_name(self.current_call.operation, kind, action, guard)
        if not self._disabled_guards.isdisjoint((name, guard_role(name))):
            return False
        self._refusing.append(name)
        self.coverage.count("guard", name)
        return True

    def _count_lagging_read(self, missed: bool) -> None:  # noqa: FBT001  a callback
        if self.current_call:
            self.coverage.count(STALE if missed else MAY_LAG, self.current_call.operation)

    def _record_refusal(self, call: Call, code: str) -> None:
        if self._refusing:
            self.coverage.refusals[frozenset(map(guard_role, self._refusing))] += 1
        reasons = ", ".join(name.partition(": ")[2] for name in self._refusing)
        self.trace.add(self.scheduler.running, f"{call.operation} → refused: {reasons or code}")

    def _committed(self, changes: list[Change]) -> None:
        for change in changes:
            if change.table == tables.sagas() and change.after is not None:
                self._changed(change.key[0], change.after.plain, is_new=change.before is None)
            if change.table == tables.events():
                self.stream.observe(change)
            self.on_change(change)

    def _changed(self, saga_id: str, row: Item, *, is_new: bool) -> None:
        """Remember a new saga; as soon as an order is confirmed, its customer returns what the plan says."""
        if is_new:
            self.sagas[saga_id] = named(row["saga"])
            self.trace.order_name(saga_id, self.sagas[saga_id].name if self.sagas[saga_id] is RETURN else "order")
        if self.saga_of(saga_id) is SAGA and row["status"] == Status.CONFIRMED:
            for wish in self.plan.returns:
                self.clients.give_back(saga_id, wish)
