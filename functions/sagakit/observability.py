"""Structured logs and metrics, shared by all functions. Neither contains personal data."""

import os
from collections.abc import Callable, Mapping
from functools import wraps
from threading import Lock
from typing import Any

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import BotoCoreError, ClientError

from sagakit.event import ID
from sagakit.transient import classified

type Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]

NAMESPACE = os.environ["POWERTOOLS_METRICS_NAMESPACE"]
# The stack's name, so that metrics of two stacks in one account stay separate.
SERVICE = os.environ["POWERTOOLS_SERVICE_NAME"]
MAX_CAUSE = 500  # characters of an error in a log line

_writing = Lock()
logger = Logger(service=SERVICE, use_rfc3339=True)


def observed(step: Handler) -> Handler:
    """Log the step's result under the saga's id, and classify the errors that AWS raises for the state machine."""

    @logger.inject_lambda_context(correlation_id_path=ID, clear_state=True)
    @wraps(step)
    def wrapper(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        try:
            result = _classifying(step, event, context)
        except Exception as error:
            logger.warning("step refused", extra={"error": type(error).__name__, "cause": str(error)[:MAX_CAUSE]})
            raise
        logger.info("step done", extra={"result": result})
        return result

    handler: Handler = wrapper
    return handler


def _classifying(step: Handler, event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    try:
        return step(event, context)
    except (BotoCoreError, ClientError) as error:
        raise classified(error) from error


def count(name: str, **dimensions: str) -> None:
    """Publish a count of 1 with these dimensions."""
    _write(name, 1, MetricUnit.Count, dimensions)


def gauge(name: str, milliseconds: int) -> None:
    """Publish a duration or an age."""
    _write(name, milliseconds, MetricUnit.Milliseconds, {})


def _write(name: str, value: int, unit: MetricUnit, dimensions: Mapping[str, str]) -> None:
    """Write the metric as EMF at once, so that it is published even if the function fails later.

    Only one thread at a time writes: a line that another one interrupts would be no metric.
    """
    with _writing, single_metric(name=name, unit=unit, value=value, namespace=NAMESPACE) as metric:
        for dimension, text in {"service": SERVICE, **dimensions}.items():
            metric.add_dimension(name=dimension, value=text)
