"""Structured logs and metrics, the same for every function. Neither carries personal data."""

from __future__ import annotations

import os
from functools import wraps
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric
from botocore.exceptions import BotoCoreError, ClientError

from shared.errors import classified

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

type Step = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]

NAMESPACE = "OrderSaga"
# The name of the stack, so that the metrics of two in one account do not add up.
SERVICE = os.environ["POWERTOOLS_SERVICE_NAME"]
LONGEST_CAUSE = 500  # characters of an error in a log line

logger = Logger(service=SERVICE, use_rfc3339=True)


def observed(step: Step) -> Step:
    """Log a step of the saga under the order's id, and give what AWS raises its kind for the state machine."""

    @logger.inject_lambda_context(correlation_id_path="orderId", clear_state=True)
    @wraps(step)
    def wrapper(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        try:
            result = _classifying(step, event, context)
        except Exception as error:
            logger.warning("step refused", extra={"error": type(error).__name__, "cause": str(error)[:LONGEST_CAUSE]})
            raise
        logger.info("step done", extra={"result": result})
        return result

    observed_step: Step = wrapper
    return observed_step


def _classifying(step: Step, event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
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
