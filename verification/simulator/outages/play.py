"""Plays an outage: orders of every kind come in before and during it, and time goes on until all of them have ended."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from saga.reconcile.invariants import unfinished
from sagakit.saga import Status
from verification.simulator.checker.invariant_checker import InvariantChecker
from verification.simulator.dynamodb.expressions import Item
from verification.simulator.environment import environment_effects as effects
from verification.simulator.outages.troubled_world import PLENTY, TroubledSimulation
from verification.simulator.profiles.all_profiles import PROFILES
from verification.simulator.run_plan import OrderRequest, Plan, draw_plan
from verification.simulator.world.outage import MINUTE, Outage

AT_ONCE = MINUTE  # an order that ends within this time after it was placed was not delayed
PATIENCE = 24 * 60  # minutes until a run must be over
CONFIRMED, FAILED = Status.CONFIRMED, Status.FAILED


@dataclass(frozen=True)
class Customer:
    """A customer's order, and how it ends if nothing is down."""

    request: OrderRequest
    ends: Status
    cancels: bool = False


@dataclass
class Tally:
    """What became of the orders of one or more runs; `problems` must be empty."""

    orders: Counter[str] = field(default_factory=Counter)
    events_lost: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def losses(self) -> int:
        """The orders and events that did not survive, and the orders that need a person."""
        return self.orders["lost"] + self.orders["parked"] + self.events_lost

    def add(self, other: "Tally") -> None:
        """Add another tally."""
        self.orders.update(other.orders)
        self.events_lost += other.events_lost
        self.problems += other.problems


def customers(when: str) -> list[Customer]:
    """Return one customer of each kind; `when` tells the customers before an outage from those during it."""

    def customer(name: str, product: str, ends: Status, token: str = "pm_ok", quantity: int = 1) -> Customer:
        request = OrderRequest(f"{name} {when}", f"key {name} {when}", token, quantity, (product,))
        return Customer(request, ends, cancels=name == "cancels")

    return [
        customer("pays", "laptop", CONFIRMED),
        customer("waits", "monitor", CONFIRMED, "pm_processing"),
        customer("is slow", "PROD-003", CONFIRMED, "pm_slow"),
        customer("is declined", "laptop", FAILED, "pm_declined"),
        customer("wants too much", "PROD-003", FAILED, quantity=PLENTY + 1),
        customer("cancels", "PROD-003", FAILED, "pm_processing"),
    ]


def play(outage: Outage, begins_after: int) -> tuple[Outage, Tally]:
    """Play an outage that begins after a number of calls; return it, and what became of the orders."""
    with TroubledSimulation(_plan(), outage, begins_after) as sim:
        InvariantChecker(sim)
        run = _Run(sim)
        run.place(customers("before"))
        sim.begin()
        run.minutes(max(1, outage.milliseconds // MINUTE // 2))
        run.place(customers("during"))
        run.to_the_end()
        return outage, run.tally()


def _plan() -> Plan:
    return draw_plan(lambda _below: 0, [*PROFILES.values()][:1])


class _Run:
    def __init__(self, sim: TroubledSimulation) -> None:
        self._sim = sim
        self._customers: list[Customer] = []

    def place(self, customers: Sequence[Customer]) -> None:
        """Let customers place their orders, and cancel those that they no longer want."""
        for customer in customers:
            self._customers.append(customer)
            self._sim.clients.place(customer.request)
        self._work()

    def minutes(self, number: int) -> None:
        """Let time go on. Customers without an answer try again, the stream delivers, the sweepers sweep."""
        for _ in range(number):
            self._sim.clock.advance(MINUTE)
            self._ask_again()
            effects.sweep(self._sim)
            self._work()

    def to_the_end(self) -> None:
        """Let time go on until the outage is over, every order has ended or is parked, and the stream is empty."""
        for _ in range(PATIENCE):
            if (not self._sim.is_down and not self._unsettled()) or self._sim.violations:
                return
            self.minutes(1)

    def tally(self) -> Tally:
        """Count the orders by what became of them."""
        tally = Tally(problems=[*self._sim.violations, *self._unsettled()])
        rows = {row["orderId"]: row for row in self._sim.rows("SAGAS")}
        for customer in self._customers:
            tally.orders.update(self._became(customer, rows))
        tally.events_lost = sum(
            row["eventId"] not in self._sim.bus.accepted or row.get("undispatched") == "set aside"
            for row in self._sim.rows("EVENTS")
        )
        return tally

    def _became(self, customer: Customer, rows: dict[str, Item]) -> list[str]:
        (row,) = [rows[order_id] for order_id in self._orders_of(customer)]
        delayed = ["delayed"] if row["updatedAt"] - row["createdAt"] > AT_ONCE else []
        if "parked" in row:
            return ["orders", "parked"]
        if row["status"] != self._expected(customer, row):
            return ["orders", "lost"]
        return ["orders", row["status"].lower(), *delayed]

    def _expected(self, customer: Customer, row: Item) -> Status:
        """Return how the order must end; one that could no longer be cancelled is confirmed."""
        refused = customer.cancels and row["orderId"] not in self._sim.clients.cancellations_accepted
        return CONFIRMED if refused else customer.ends

    def _orders_of(self, customer: Customer) -> set[str]:
        responses = self._sim.clients.responses
        return {each.order_id for each in responses if each.request == customer.request and each.order_id}

    def _ask_again(self) -> None:
        clients = self._sim.clients
        for customer in self._customers:
            if not clients.has_outcome(customer.request):
                clients.place(customer.request)
            elif customer.cancels:
                undecided = self._orders_of(customer) - clients.cancellations_accepted
                for order_id in undecided & self._open():
                    clients.cancel(order_id)

    def _open(self) -> set[str]:
        return {row["orderId"] for row in self._sim.rows("SAGAS") if "open" in row}

    def _work(self) -> None:
        """Let everything run that can, and the stream deliver each record at most once."""
        self._run_actors()
        for consumer in self._sim.stream.consumers:
            while batch := consumer.next_batch():
                consumer.deliver(batch)
                self._run_actors()
                if consumer.pending[:1] == batch[:1]:
                    break  # it failed, and is tried again in the next minute
        while self._sim.sfn.unreported:
            effects.report_execution(self._sim, self._sim.sfn.unreported[0])
            self._run_actors()

    def _run_actors(self) -> None:
        while (actor := self._sim.scheduler.next()) and not self._sim.violations:
            self._sim.scheduler.faults_over = True
            self._sim.scheduler.run(actor)

    def _unsettled(self) -> list[str]:
        waiting = [each for each in self._customers if not self._sim.clients.has_outcome(each.request)]
        return [
            *unfinished({"SAGAS": self._sim.rows("SAGAS")}),
            *(f"{customer.request.customer} has no answer" for customer in waiting),
            *(f"{each.function} lags behind" for each in self._sim.stream.consumers if each.pending),
        ]
