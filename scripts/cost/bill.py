"""What an order costs, line by line."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from scripts.cost.counts import Count, Units, places
from scripts.cost.deployed import DeployedFunction, Template, functions
from scripts.cost.invocations import Load, milliseconds, seconds_of_order
from scripts.cost.prices import assumed, price

LEDGER = "GatewayLedger"  # of the simulated gateway; a real one keeps its own
STANDARD, EXPRESS = WORKFLOWS = ("STANDARD", "EXPRESS")
PROTOCOL = (
    "DynamoDB",
    "Lambda",
    "Step Functions",
)  # what any design of a saga pays for; the rest serves and watches it


@dataclass(frozen=True)
class Bill:
    """The costs of an order with this count, under this load."""

    count: Count
    load: Load
    template: Template
    types: Mapping[str, str]  # of the definition's states, by name

    def lines(self, workflow: str) -> dict[str, float]:
        """Return the dollars by service."""
        return {
            "DynamoDB": price("write", units(self.count.writes)) + price("read", units(self.count.reads)),
            "Lambda": sum(self._lambda(name, times) for name, times in self._invocations.items()),
            "Step Functions": self._machine(workflow),
            "API Gateway": price("api"),
            "EventBridge": price("event", self.count.published),
            "CloudWatch Logs": price("logged", self._logged(workflow)),
            "X-Ray": price("trace", self._traces()),
        }

    @property
    def states(self) -> int:
        """The states that are entered, and the retries: what Step Functions counts as transitions."""
        return len(self.count.path) + self.count.retries

    @property
    def invocations(self) -> float:
        """All invocations of functions."""
        return sum(self._invocations.values())

    @property
    def _invocations(self) -> dict[str, float]:
        return self.load.invocations(self.count)

    @property
    def _functions(self) -> dict[str, DeployedFunction]:
        return functions(self.template)

    def _lambda(self, name: str, times: float) -> float:
        return lambda_cost(self._functions[name], times, milliseconds(name, self.count, times))

    def _machine(self, workflow: str) -> float:
        if workflow == STANDARD:
            return price("transition", self.states)
        seconds = math.ceil(seconds_of_order(self.count) * 10) / 10
        return price("express") + price("express_gb_second", seconds * assumed("express")["megabytes"] / 1024)

    def _logged(self, workflow: str) -> float:
        """Return the bytes that the functions log, those that Lambda adds, and those of an EXPRESS execution."""
        added = sum(times * lambda_lines(self._functions[name]) for name, times in self._invocations.items())
        lines = self._lines_of_execution() if workflow == EXPRESS else 0
        return sum(self.count.logged.values()) + added + lines * int(assumed("express")["line"])

    def _lines_of_execution(self) -> int:
        """Return the events of an execution: its start and end, states that are entered and left, three an attempt."""
        inside = {"Task": 2 + 3, "Succeed": 2, "Fail": 1}
        return 2 + sum(inside[self.types[state]] for state in self.count.path) + 3 * self.count.retries

    def _traces(self) -> float:
        """Return the traces that are recorded: of the request, of each batch of the stream, and of the execution."""
        machine = self.template["Resources"]["OrderSaga"]["Properties"]
        requests, executions = self.template["Globals"]["Api"]["TracingEnabled"], machine["Tracing"]["Enabled"]
        batches = [self._invocations[name] for name in self.load.consumers if self._functions[name].traced]
        started = [float(times) for times in (requests, executions, *batches) if times]
        return sum(times * sampled(self.load.rate * times) for times in started)


def units(by_place: Units, *, ledger: bool = False) -> float:
    """Return the units of all places; those of the simulated gateway's ledger only if asked for."""
    return sum(count for (_, table, _), count in places(by_place) if ledger or table != LEDGER)


def lambda_cost(function: DeployedFunction, invocations: float, milliseconds_in_all: float) -> float:
    """Return the dollars for invocations that take so long together."""
    gb_seconds = function.memory / 1024 * milliseconds_in_all / 1000
    return price("invocation", invocations) + price(function.architecture, gb_seconds)


def lambda_lines(function: DeployedFunction) -> int:
    """Return the bytes that Lambda adds to the log for each invocation."""
    log = assumed("lambda_log")
    return sum(map(len, log["lines"])) + (len(log["traced"]) if function.traced else 0)


def sampled(a_second: float) -> float:
    """Return the part of so many requests a second that is traced."""
    tracing = assumed("tracing")
    always = min(a_second, tracing["each_second"])
    return float((always + tracing["of_the_rest"] * (a_second - always)) / a_second)
