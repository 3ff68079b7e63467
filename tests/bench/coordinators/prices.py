"""What a saga costs in dollars per million sagas, by the prices and the assumptions of docs/cost.md."""

from collections.abc import Mapping

from scripts.cost.bill import units
from scripts.cost.deployed import functions
from scripts.cost.prices import assumed, price
from tests.bench.cost.meter import Meter, by_place
from tests.support.template import template

TRANSITIONS, REQUESTS, INVOCATIONS = "state transitions", "requests to SQS", "invocations of functions"
WRITES, READS, SECONDS = "DynamoDB write units", "DynamoDB read units", "GB-seconds of Lambda"

STEP = functions(template())["ReserveInventory"]  # as all functions that run states
PRICES = {
    TRANSITIONS: "transition",
    REQUESTS: "fifo",
    INVOCATIONS: "invocation",
    WRITES: "write",
    READS: "read",
    SECONDS: STEP.architecture,
}
MILLION = 1_000_000
SECOND = 1  # of an EXPRESS execution, rounded up


def counted(taken: Mapping[str, int], meter: Meter) -> dict[str, float]:
    """Return all that a saga took, by name: what its coordinator has counted, and what the meter has."""
    assumption = assumed("milliseconds")
    milliseconds = taken[INVOCATIONS] * assumption["invocation"]
    milliseconds += sum(assumption[operation] * times for (_, operation), times in meter.calls.items())
    measured = {WRITES: units(by_place(meter.writes)), READS: units(by_place(meter.reads))}
    return {**taken, **measured, SECONDS: STEP.memory / 1024 * milliseconds / 1000}


def cost(taken: Mapping[str, float]) -> float:
    """Return the dollars for a million sagas, each of which takes this much."""
    return sum(price(PRICES[name], count) for name, count in taken.items()) * MILLION


def as_express(taken: Mapping[str, float]) -> float:
    """Return the same for EXPRESS executions, which are paid for by the second."""
    megabytes = assumed("express")["megabytes"]
    execution = price("express") + price("express_gb_second", SECOND * megabytes / 1024)
    return cost({**taken, TRANSITIONS: 0}) + execution * MILLION
