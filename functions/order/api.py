"""The HTTP API: routes, and how errors become responses."""

import json
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyPersistenceLayerError,
    IdempotencyValidationError,
)
from aws_lambda_powertools.utilities.typing import LambdaContext

from order import problems, store
from order.domain import SAGA
from order.placing import place
from order.problems import Problem
from order.request import parse_id, parse_key, parse_order, parse_reason
from order.views import event_view, order_view
from sagakit import decision, eventlog
from sagakit.errors import AlreadyConfirmed, UnknownSaga
from sagakit.event import ID
from sagakit.idempotency import api_config
from sagakit.observability import logger
from sagakit.reason import BY_CUSTOMER, Reason
from sagakit.transient import is_transient

app = APIGatewayRestResolver()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Handle a request. API Gateway sends each function of the API only its own route."""
    api_config.register_lambda_context(context)
    return app.resolve(event, context)


@app.post("/orders")
def post_order() -> Response[str]:
    """Accept an order."""
    receipt = place(parse_order(app.current_event), parse_key(app.current_event))
    logger.set_correlation_id(receipt[ID])
    replayed = receipt.pop("replayed")
    logger.info("order accepted", extra={"replayed": replayed})
    headers: dict[str, str | list[str]] = {"Location": _location(receipt[ID])}
    return _json(202, receipt, {**headers, "Idempotency-Replayed": "true"} if replayed else headers)


@app.get("/orders/<order_id>")
def get_order(order_id: str) -> Response[str]:
    """Return the order's current state."""
    return _json(200, order_view(store.read(parse_id(order_id))))


@app.get("/orders/<order_id>/events")
def get_events(order_id: str) -> Response[str]:
    """Return the order's events, oldest first."""
    history = eventlog.history(parse_id(order_id))
    if history.saga.name != SAGA:
        raise UnknownSaga(order_id)
    return _json(200, {ID: order_id, "events": [event_view(event) for event in history]})


@app.post("/orders/<order_id>/cancel")
def post_cancel(order_id: str) -> Response[str]:
    """Cancel the order. A 202 means that the decision to cancel is final, not just requested."""
    parse_id(order_id)
    why = Reason(BY_CUSTOMER, text=parse_reason(app.current_event))
    decision.cancel(store.read(order_id)[ID], why, starts_saga=True)
    logger.info("order cancelled", extra={ID: order_id})
    return _json(202, {ID: order_id, "status": store.read(order_id)["status"]})


PROBLEMS: dict[type[Exception], Problem] = {
    AlreadyConfirmed: Problem(409, "The order is confirmed", "A confirmed order can only be returned."),
    UnknownSaga: Problem(404, "There is no such order"),
    NotFoundError: Problem(404, "There is nothing here"),
    IdempotencyAlreadyInProgressError: problems.busy(),
    IdempotencyValidationError: problems.key_reused(),
}


@app.exception_handler([Problem, *PROBLEMS])
def _refused(error: Exception) -> Response[str]:
    return problems.response(error if isinstance(error, Problem) else PROBLEMS[type(error)])


@app.exception_handler(Exception)
def _failed(error: Exception) -> Response[str]:
    """Return a 5xx response that reveals nothing; the cause is only logged."""
    logger.exception("request failed")
    passing = is_transient(error) or isinstance(error, IdempotencyPersistenceLayerError)
    return problems.response(problems.unavailable() if passing else problems.unexpected())


def _location(order_id: str) -> str:
    """Return the order's address, relative to that of the request: only the client knows the stage or base path."""
    return order_id if app.current_event.path.endswith("/") else f"orders/{order_id}"


def _json(status: int, body: dict[str, Any], headers: dict[str, str | list[str]] | None = None) -> Response[str]:
    return Response(status_code=status, content_type="application/json", headers=headers or {}, body=json.dumps(body))
