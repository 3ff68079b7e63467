"""Structured logs and metrics, the same for every function. Neither carries personal data."""

import os
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import BotoCoreError, ClientError

from sagakit.errors import classified
from sagakit.event import ID

type Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]

NAMESPACE = os.environ["POWERTOOLS_METRICS_NAMESPACE"]
# The name of the stack, so that the metrics of two in one account do not add up.
SERVICE = os.environ["POWERTOOLS_SERVICE_NAME"]
LONGEST_CAUSE = 500  # characters of an error in a log line

logger = Logger(service=SERVICE, use_rfc3339=True)


def observed(step: Handler) -> Handler:
    """Log a step of the saga under the saga's id, and give what AWS raises its kind for the state machine."""

    @logger.inject_lambda_context(correlation_id_path=ID, clear_state=True)
    @wraps(step)
    def wrapper(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        try:
            result = _classifying(step, event, context)
        except Exception as error:
            logger.warning("step refused", extra={"error": type(error).__name__, "cause": str(error)[:LONGEST_CAUSE]})
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
    """Count one occurrence of something, by the given dimensions."""
    _write(name, 1, MetricUnit.Count, dimensions)


def gauge(name: str, milliseconds: int) -> None:
    """Publish how long something takes or has waited."""
    _write(name, milliseconds, MetricUnit.Milliseconds, {})


def _write(name: str, value: int, unit: MetricUnit, dimensions: Mapping[str, str]) -> None:
    """Write the metric as EMF, at once: a function that fails later has published it all the same."""
    with single_metric(name=name, unit=unit, value=value, namespace=NAMESPACE) as metric:
        for dimension, its_value in {"service": SERVICE, **dimensions}.items():
            metric.add_dimension(name=dimension, value=its_value)
