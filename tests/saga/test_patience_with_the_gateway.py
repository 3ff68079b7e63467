"""What duplicates, slow payments and a failing gateway cost good orders: time, and nothing else."""

from collections.abc import Callable
from itertools import count

import pytest

from payment.breaker import config
from sagakit import guard
from tests.support import world
from tests.support.asl import Invoke, Json, Outcome
from tests.support.execution import FORWARD, HAPPY, PAUSED, execute, executions
from tests.support.lambdas import invoke
from tests.support.stopped_clock import SECOND, StoppedClock

pytestmark = pytest.mark.usefixtures("world")

PRICE = 2 * world.PRICES["monitor"]
MORE = 4  # executions at once
CALLS = len(FORWARD) + 1  # of an execution with pm_slow
ATTEMPTS = 3  # of a payment in one execution


def interrupted(happens: Callable[[], object], before: int) -> Invoke:
    """Call `happens` before the n-th call of an execution, counted from 0."""
    calls = count()

    def call(function: str, payload: Json) -> Json:
        if next(calls) == before:
            happens()
        return invoke(function, payload)

    return call


def the_rest(order_id: str, still: StoppedClock) -> list[Outcome]:
    """Let recovery finish the order."""
    return list(executions(order_id, still)) if guard.is_open(guard.read(order_id)) else []


def test_four_more_executions_during_a_slow_payment_end_confirmed(
    still: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id, others = world.placed("pm_slow"), list[Outcome]()

    def meanwhile(_seconds: float) -> None:
        if not others:
            others.extend(execute(order_id) for _ in range(MORE))

    monkeypatch.setattr("payment.simulated.time.sleep", meanwhile)
    execute(order_id)
    assert [other.path for other in others] == [HAPPY] * MORE
    the_rest(order_id, still)
    assert (world.status(order_id), world.net_charge()) == ("CONFIRMED", PRICE)


@pytest.mark.parametrize("before", range(CALLS))
def test_four_more_executions_at_any_point_of_a_slow_payment_end_confirmed(still: StoppedClock, before: int) -> None:
    order_id = world.placed("pm_slow")
    execute(order_id, interrupted(lambda: [execute(order_id) for _ in range(MORE)], before))
    the_rest(order_id, still)
    assert (world.status(order_id), world.net_charge()) == ("CONFIRMED", PRICE)


def opened(failing: str) -> None:
    """Open the circuit with one order's failures."""
    for _ in range(-(-config.failure_threshold // ATTEMPTS)):
        execute(failing)
    assert [row["state"] for row in world.rows("CIRCUIT_BREAKER")] == ["OPEN"]


def test_ten_failures_of_one_token_let_healthy_orders_wait_and_then_confirms_them(still: StoppedClock) -> None:
    opened(world.placed("pm_unavailable"))
    healthy = [world.placed() for _ in range(3)]
    assert [execute(order_id).path[-len(PAUSED) :] for order_id in healthy] == [PAUSED] * len(healthy)
    for order_id in healthy:
        *_, last = executions(order_id, still)
        assert last.path == HAPPY
    assert {world.status(order_id) for order_id in healthy} == {"CONFIRMED"}


@pytest.mark.parametrize("token", ["pm_ok", "pm_slow"])
def test_good_orders_are_confirmed_although_a_failing_one_takes_the_probe(still: StoppedClock, token: str) -> None:
    failing, good = world.placed("pm_unavailable"), [world.placed(token) for _ in range(3)]
    for order_id in good:
        opened(failing)
        assert execute(order_id).path[-len(PAUSED) :] == PAUSED
        still.advance(config.recovery_timeout * SECOND)
        execute(failing)
        assert execute(order_id).path[-len(PAUSED) :] == PAUSED
        *_, last = executions(order_id, still)
        assert last.path == HAPPY
    assert world.net_charge() == len(good) * PRICE
