"""Structured logs and metrics, the same for every function. Neither carries personal data."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.utilities.typing import LambdaContext

type Step = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]

NAMESPACE = "OrderSaga"
SERVICE = "order-saga"

logger = Logger(service=SERVICE, use_rfc3339=True)


def observed(step: Step) -> Step:
    """Log a step of the saga: its lines carry the order's id, its failure the error's name."""

    @logger.inject_lambda_context(correlation_id_path="orderId", clear_state=True)
    @wraps(step)
    def wrapper(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        try:
            result = step(event, context)
        except Exception as error:
            logger.warning("step refused", extra={"error": type(error).__name__, "cause": str(error)[:500]})
            raise
        logger.info("step done", extra={"result": result})
        return result

    observed_step: Step = wrapper
    return observed_step


def count(name: str, **dimensions: str) -> None:
    """Count one occurrence of something, by the given dimensions; EMF, written at once."""
    with single_metric(name=name, unit=MetricUnit.Count, value=1, namespace=NAMESPACE) as metric:
        for dimension, value in {"service": SERVICE, **dimensions}.items():
            metric.add_dimension(name=dimension, value=value)
