"""The dashboard. Every metric on it is one that the functions publish or that AWS documents."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from sagakit.observability import NAMESPACE, SERVICE
from sagakit.saga import Saga, sagas
from tests.support.fixtures import closed_circuit, no_pauses, world
from tests.support.metrics import everything_happens, published
from tests.support.template import queues, resources
from tests.template.graph import IN_QUEUES, MACHINES, machine
from tests.template.transformed import transformed

__all__ = ["closed_circuit", "no_pauses", "world"]

DOCUMENTED = {  # the dimension, by namespace and name
    # https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
    ("AWS/States", "ExecutionTime"): "StateMachineArn",
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
    ("AWS/SQS", "ApproximateAgeOfOldestMessage"): "QueueName",
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): "QueueName",
}
COLUMNS, BOTH = 24, pytest.mark.parametrize("has_queues", [True, False], ids=["with queues", "without queues"])
OUTCOMES = ("{}sPlaced", "{}sConfirmed", "{}sFailed", "{}sParked")


class Shown(NamedTuple):
    """A metric on the dashboard, with its only dimension. The value has CloudFormation's references in it."""

    namespace: str
    name: str
    dimension: str
    value: str


def widgets(*, has_queues: bool = True) -> list[dict[str, Any]]:
    """Return the widgets of a stack with or without queues."""
    body, inserted = transformed(queues=has_queues)["SagasDashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    for name, text in inserted.items():
        body = body.replace(f"${{{name}}}", text["Fn::Sub"] if text else "")
    return list(json.loads(body)["widgets"])


def shown(*, has_queues: bool = True) -> set[Shown]:
    """Return the metrics of all widgets."""
    return {each for widget in widgets(has_queues=has_queues) for each in _metrics(widget["properties"]["metrics"])}


def _metrics(rows: list[list[str]]) -> Iterator[Shown]:
    """Yield the metrics of a widget. A dot stands for what is above it."""
    above: list[str] = []
    for row in rows:
        above = [old if new == "." else new for old, new in zip(above or row, row, strict=True)]
        yield Shown(*above)


@pytest.mark.usefixtures("world")
def test_the_functions_publish_every_custom_metric_with_its_dimension() -> None:
    custom = {each for each in shown() if each.namespace == NAMESPACE}
    happened = {(each.namespace, each.name, each.dimensions) for each in published(everything_happens)}
    assert custom
    assert {each.value for each in custom} == {"${AWS::StackName}"}
    assert {(each.namespace, each.name, frozenset({(each.dimension, SERVICE)})) for each in custom} <= happened


def test_aws_documents_every_other_metric() -> None:
    others = {each for each in shown() if each.namespace != NAMESPACE}
    assert {(each.namespace, each.name): each.dimension for each in others} == DOCUMENTED


@BOTH
def test_every_reference_is_to_a_resource_of_the_stack_of_the_kind_that_the_metric_is_about(has_queues: bool) -> None:  # noqa: FBT001
    kinds = {"QueueName": r"\$\{(\w+)\.QueueName\}", "StateMachineArn": r"\$\{(\w+)\}"}
    types = {"QueueName": "AWS::SQS::Queue", "StateMachineArn": "AWS::StepFunctions::StateMachine"}
    for each in shown(has_queues=has_queues) - {each for each in shown() if each.namespace == NAMESPACE}:
        reference = re.fullmatch(kinds[each.dimension], each.value)
        assert reference, each
        assert transformed(queues=has_queues)[reference[1]]["Type"] == types[each.dimension]


@pytest.mark.parametrize("saga", sagas().values(), ids=lambda saga: str(saga.name))
def test_it_shows_how_many_sagas_of_each_kind_were_placed_and_how_they_ended(saga: Saga) -> None:
    possible = {saga.name_for(each) for each in OUTCOMES if saga.steps or each != "{}sFailed"}
    assert possible <= {each.name for each in shown() if each.namespace == NAMESPACE}


def test_it_shows_how_long_both_coordinators_take_and_what_waits_for_a_person() -> None:
    about = {(each.name, each.value) for each in shown()}
    assert {("ExecutionTime", f"${{{machine(saga.name)}}}") for saga in MACHINES} <= about
    assert {("ApproximateAgeOfOldestMessage", f"${{{queue}.QueueName}}") for queue in queues().values()} <= about
    every = {
        ("ApproximateNumberOfMessagesVisible", f"${{{queue}.QueueName}}") for queue in resources("AWS::SQS::Queue")
    }
    assert every <= about


def test_without_queues_it_shows_nothing_of_transactions_and_the_same_of_everything_else() -> None:
    names = [saga.name_for("{}s") for saga in IN_QUEUES]
    assert shown(has_queues=False) < shown()
    assert not [each for each in shown(has_queues=False) if each.name.startswith(tuple(names))]
    assert not {each.value for each in shown(has_queues=False)} & {
        f"${{{name}.QueueName}}" for name in queues().values()
    }


@BOTH
def test_no_widget_overlaps_another_one_or_the_border(has_queues: bool) -> None:  # noqa: FBT001
    fields = [
        (x, y)
        for each in widgets(has_queues=has_queues)
        for x in range(each["x"], each["x"] + each["width"])
        for y in range(each["y"], each["y"] + each["height"])
    ]
    assert len(set(fields)) == len(fields)
    assert max(x for x, _ in fields) < COLUMNS


def test_a_widget_says_what_it_shows_in_the_region_of_the_stack() -> None:
    assert all(each["properties"]["title"] for each in widgets())
    assert {each["properties"]["region"] for each in widgets()} == {"${AWS::Region}"}
    assert len({each["properties"]["title"] for each in widgets()}) == len(widgets())
