"""Executions of the saga, read by their names."""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from saga.orders.api_view import milliseconds
from saga.orders.facts import Execution, Json
from saga.stack import Stack

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_stepfunctions.type_defs import DescribeExecutionOutputTypeDef


def execution(stack: Stack, name: str) -> Execution | None:
    """An execution of the saga; None where it has not started, or AWS keeps nothing of it."""
    found = description(stack, name)
    if found is None:
        return None
    stopped = found.get("stopDate")
    return Execution(
        name,
        found["status"],
        milliseconds(found["startDate"]),
        milliseconds(stopped) if stopped else None,
        json.loads(found["input"]),
        json.loads(found.get("output") or "null"),
        found.get("error"),
        found.get("cause"),
        tuple(_history(stack, name)),
        _trace(found.get("traceHeader", "")),
    )


def description(stack: Stack, name: str) -> "DescribeExecutionOutputTypeDef | None":
    """What AWS says of an execution, as `execution` but without its history."""
    stepfunctions = _stepfunctions(stack.session)
    try:
        return stepfunctions.describe_execution(executionArn=stack.execution_arn(name))
    except stepfunctions.exceptions.ExecutionDoesNotExist:
        return None


def definition(stack: Stack, name: str) -> Json:
    """The definition that an execution runs with, or ran with."""
    arn = stack.execution_arn(name)
    return json.loads(
        _stepfunctions(stack.session).describe_state_machine_for_execution(executionArn=arn)["definition"]
    )


@lru_cache
def _stepfunctions(session: "boto3.Session") -> "SFNClient":
    """The session's client: making one takes longer than most questions."""
    return session.client("stepfunctions")


def _history(stack: Stack, name: str) -> Iterator[Json]:
    pages = _stepfunctions(stack.session).get_paginator("get_execution_history")
    for page in pages.paginate(executionArn=stack.execution_arn(name)):
        for entry in page["events"]:
            yield {**entry, "timestamp": milliseconds(entry["timestamp"])}


def _trace(header: str) -> str | None:
    fields = dict(field.partition("=")[::2] for field in header.split(";"))
    return fields.get("Root")
