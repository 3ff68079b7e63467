"""The alarm on orders that failed unexpectedly. Its metric is counted from the outbox, where no event gets lost."""

from functools import partial

import pytest

from sagakit.observability import NAMESPACE
from sagakit.reason import BY_CUSTOMER
from tests.support import steps, stream
from tests.support.fixtures import bus, closed_circuit, no_pauses, world
from tests.support.metrics import counts
from tests.support.template import template
from tests.support.world import placed
from tests.template.graph import REFUSED

__all__ = ["bus", "closed_circuit", "no_pauses", "world"]

ALARM = template()["Resources"]["UnexpectedFailuresAlarm"]["Properties"]


@pytest.mark.usefixtures("bus")
@pytest.mark.parametrize(
    ("error", "counted"),
    [
        *[(error, 0) for error in (*sorted(REFUSED - {"AmountDiffers"}), BY_CUSTOMER)],
        *[(error, 1) for error in ("KeyError", "States.Timeout", "TransientError", "ExecutionAborted")],
        ("DeadlinePassed", 1),
        ("AmountDiffers", 1),
    ],
)
def test_a_failure_counts_once_unless_it_was_expected(error: str, counted: int) -> None:
    assert unexpected(error) == counted


def unexpected(error: str) -> int:
    """Return what the alarm's metric counts while an order fails for this reason and the stream delivers its events."""
    return counts(partial(fails, error)).get(ALARM["MetricName"], 0)


def fails(error: str) -> None:
    order_id = placed()
    steps.cancel(order_id, error, "")
    steps.undo(order_id)
    for _ in range(2):
        steps.fail(order_id)
    stream.publish(*stream.records())


def test_the_alarm_watches_the_metric_of_its_own_stack() -> None:
    assert (ALARM["Namespace"], ALARM["Dimensions"]) == (
        NAMESPACE,
        [{"Name": "service", "Value": {"Ref": "AWS::StackName"}}],
    )
