"""The alarm on paused orders. Its metric counts each pause, not the orders that are paused at a time."""

import pytest

from sagakit.pausing import MAX_WAIT
from sagas import ORDER
from tests.support.template import resources

ALARM = resources("AWS::CloudWatch::Alarm")["OrdersPausedAlarm"]["Properties"]
PERIOD = int(ALARM["Period"])  # in seconds, as all times here
WINDOW = PERIOD * int(ALARM["EvaluationPeriods"])
WAIT, SWEEP = MAX_WAIT // 1000, 60
LONGEST_GAP = WAIT + SWEEP + ORDER.execution_seconds  # between two pauses of an order


def raised(pauses: set[int], now: int) -> bool:
    """Return whether the alarm is up at the end of a period, if orders were paused at these times."""
    periods = range((now - WINDOW) // PERIOD, now // PERIOD)
    counts = [sum(at // PERIOD == period for at in pauses) for period in periods]
    return sum(count > int(ALARM["Threshold"]) for count in counts) >= int(ALARM["DatapointsToAlarm"])


@pytest.mark.parametrize("gap", [WAIT, WAIT + SWEEP, LONGEST_GAP])
def test_one_order_that_stays_paused_keeps_the_alarm_up_although_it_is_tried_only_now_and_then(gap: int) -> None:
    for phase in range(0, PERIOD, 10):
        pauses = set(range(phase, 3 * WINDOW, gap))
        assert all(raised(pauses, now) for now in range(WINDOW, 3 * WINDOW, PERIOD))


def test_an_outage_of_five_minutes_does_not_raise_it() -> None:
    for start in range(0, PERIOD, 10):
        pauses = set(range(start, start + 300, 10))
        assert not any(raised(pauses, now) for now in range(0, 3 * WINDOW, PERIOD))


def test_an_outage_of_a_quarter_of_an_hour_raises_it() -> None:
    for start in range(0, PERIOD, 10):
        pauses = set(range(start, start + 900, 10))
        assert any(raised(pauses, now) for now in range(0, 3 * WINDOW, PERIOD))
