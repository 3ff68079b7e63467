"""The alarm on orders that failed unexpectedly. Its metric is counted from the lines of FailOrder's log."""

from functools import partial

import pytest

from order.api import BY_CUSTOMER
from tests.support import steps
from tests.support.fixtures import closed_circuit, no_pauses, world
from tests.support.metrics import lines
from tests.support.template import template
from tests.support.world import placed
from tests.template.graph import REFUSED

__all__ = ["closed_circuit", "no_pauses", "world"]

ALARM = template()["Resources"]["UnexpectedFailuresAlarm"]["Properties"]
FILTER = template()["Resources"]["UnexpectedFailuresFilter"]["Properties"]
INCLUDED, *EXCLUDED = FILTER["FilterPattern"].split(" -")


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("error", "counted"),
    [
        *[(error, 0) for error in (*sorted(REFUSED), BY_CUSTOMER)],
        *[(error, 1) for error in ("KeyError", "States.Timeout", "TransientError", "ExecutionAborted")],
        ("DeadlinePassed", 1),
    ],
)
def test_a_failure_counts_once_as_unexpected_unless_it_is_a_refusal_or_a_cancellation(error: str, counted: int) -> None:
    assert unexpected(error) == counted


def unexpected(error: str) -> int:
    """Count, as the filter does, the log lines of an order that failed for this reason."""
    logged = lines(partial(fails, error))
    return sum(INCLUDED in line and not any(each in line for each in EXCLUDED) for line in logged)


def fails(error: str) -> None:
    order_id = placed()
    steps.cancel(order_id, error, "")
    steps.undo(order_id)
    for _ in range(2):
        steps.fail(order_id)


def test_the_filter_excludes_refusals_and_cancellations_and_nothing_else() -> None:
    assert sorted(EXCLUDED) == sorted([*REFUSED, BY_CUSTOMER])


def test_the_alarm_watches_the_metric_of_the_filter() -> None:
    (counted,) = FILTER["MetricTransformations"]
    assert FILTER["LogGroupName"] == {"Ref": "FailOrderLogGroup"}
    assert (counted["MetricNamespace"], counted["MetricName"]) == (ALARM["Namespace"], ALARM["MetricName"])
    assert "Dimensions" not in counted | ALARM
