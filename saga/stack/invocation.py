"""Invoke a deployed function, and wait for its answer for as long as it may run."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import boto3

from saga.aws import waiting
from saga.stack.stack import Stack

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


def invoke(stack: Stack, function: str, payload: str | bytes, **options: Any) -> Any:  # noqa: ANN401 - of boto3
    """Return Lambda's response."""
    return _client(stack.session, function).invoke(FunctionName=function, Payload=payload, **options)


@lru_cache
def _client(session: boto3.Session, function: str) -> "LambdaClient":
    """Return a client with patience for this function: creating one takes longer than most requests."""
    limit = session.client("lambda").get_function_configuration(FunctionName=function)["Timeout"]
    return session.client("lambda", config=waiting(limit))
