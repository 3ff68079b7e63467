"""The alarm on paused orders. Its metric tells with each pause how long the order has waited by then."""

import pytest

from sagakit.pausing import MAX_WAIT, wait
from sagas import ORDER
from tests.support.template import resources

ALARM = resources("AWS::CloudWatch::Alarm")["OrdersPausedAlarm"]["Properties"]
PERIOD = int(ALARM["Period"])  # in seconds, as all times here
LONG = 15 * 60
WAIT, SWEEP = MAX_WAIT // 1000, 60
LONGEST_GAP = WAIT + SWEEP + ORDER.execution_seconds  # between two pauses of an order


def raised(pauses: dict[int, int], end: int) -> bool:
    """Return whether the alarm is up at the end of a period, if orders were paused at these times, at these ages."""
    ages = [age for at, age in pauses.items() if end - PERIOD <= at < end]
    return max(ages, default=0) * 1000 > int(ALARM["Threshold"])


def waiting(since: int, until: int, gap: int = 0) -> dict[int, int]:
    """Pause an order again and again: after each attempt, which comes so much later than it could."""
    at, attempts, pauses = since, 1, {}
    while at < until:
        pauses[at] = at - since
        at, attempts = at + wait(attempts) // 1000 + gap, attempts + 1
    return pauses


def ends(until: int) -> range:
    """Return the ends of the alarm's periods."""
    return range(PERIOD, until, PERIOD)


def test_the_alarm_is_on_the_highest_age_of_a_single_period() -> None:
    shape = ALARM["MetricName"], ALARM["Statistic"], ALARM["EvaluationPeriods"], ALARM.get("DatapointsToAlarm", 1)
    assert shape == ("PauseAge", "Maximum", 1, 1)
    assert int(ALARM["Threshold"]) == LONG * 1000


@pytest.mark.parametrize("late", [0, SWEEP, SWEEP + ORDER.execution_seconds])
def test_one_order_that_stays_paused_raises_it_and_keeps_it_up_although_it_is_tried_only_now_and_then(
    late: int,
) -> None:
    for since in range(0, PERIOD, 10):
        pauses = waiting(since, 10 * PERIOD + LONG, late)
        up = [raised(pauses, end) for end in ends(10 * PERIOD + LONG)]
        assert not any(up[: (since + LONG) // PERIOD])
        assert all(up[(since + LONG + LONGEST_GAP) // PERIOD :])


def test_short_pauses_of_many_orders_never_raise_it() -> None:
    pauses = {at: at % (LONG + 1) for at in range(20 * PERIOD)}
    assert not any(raised(pauses, end) for end in ends(20 * PERIOD))


@pytest.mark.parametrize("minutes", [5, 10, 15])
def test_an_outage_of_up_to_a_quarter_of_an_hour_does_not_raise_it(minutes: int) -> None:
    for since in range(0, PERIOD, 10):
        pauses = waiting(since, since + 60 * minutes)
        assert not any(raised(pauses, end) for end in ends(5 * PERIOD))


def test_it_is_over_at_most_a_period_after_the_last_pause() -> None:
    for since in range(0, PERIOD, 10):
        pauses = waiting(since, since + 3600)
        assert any(raised(pauses, end) for end in ends(since + 3600 + PERIOD))
        assert not raised(pauses, max(pauses) // PERIOD * PERIOD + 2 * PERIOD)
