"""What a saga costs by AWS's list prices in us-east-1, in dollars per million sagas and without free tiers."""

from collections.abc import Mapping

TRANSITIONS, REQUESTS, INVOCATIONS = "state transitions", "requests to SQS", "invocations of functions"
WRITES, READS = "DynamoDB write units", "DynamoDB read units"

PER_MILLION = {
    TRANSITIONS: 25.0,  # Step Functions, Standard
    REQUESTS: 0.5,  # FIFO
    INVOCATIONS: 0.2,
    WRITES: 0.625,  # on demand
    READS: 0.125,
}
GB_SECOND = 16.6667  # dollars per million, Lambda on x86
BILLED = 0.1 * 0.5  # GB-seconds of an invocation: 100 ms of 512 MB, assumed for both
EXPRESS = 1.0  # dollars per million requests
EXPRESS_SECOND = 16.67 / 16  # dollars per million executions of a second in 64 MB


def cost(taken: Mapping[str, int]) -> float:
    """Return the dollars for a million sagas, each of which takes this much."""
    counted = sum(price * taken.get(name, 0) for name, price in PER_MILLION.items())
    return counted + taken.get(INVOCATIONS, 0) * BILLED * GB_SECOND


def as_express(taken: Mapping[str, int]) -> float:
    """Return the same for EXPRESS executions, which are paid for by the second."""
    return cost({**taken, TRANSITIONS: 0}) + EXPRESS + EXPRESS_SECOND
