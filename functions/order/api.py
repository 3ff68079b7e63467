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

from order import problems, returns, store
from order.domain import SAGA, TRANSACTION
from order.money import to_number
from order.placing import place
from order.problems import Problem
from order.request import parse_id, parse_key, parse_order, parse_reason, parse_return, parse_transaction
from order.transactions import STATUSES, transaction_view
from order.views import event_view, order_view
from sagakit import decision, eventlog
from sagakit.errors import AlreadyConfirmed, UnknownSaga
from sagakit.event import ID
from sagakit.idempotency import api_config
from sagakit.observability import logger
from sagakit.reason import BY_CUSTOMER, Reason
from sagakit.saga import Status
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
    answer = {
        ID: receipt[ID],
        "status": Status.PENDING,
        "totalAmount": to_number(receipt["total"]),
        "message": "Order created successfully",
    }
    return _accepted(202, receipt[ID], answer, replayed=receipt["replayed"])


@app.post("/transactions")
def post_transaction() -> Response[str]:
    """Accept a transaction. Not 202, because clients of systems like this one expect 200."""
    receipt = place(parse_transaction(app.current_event), parse_key(app.current_event), TRANSACTION)
    answer = {"transactionId": receipt[ID], "status": "STARTED", "message": "Transaction initiated successfully"}
    return _accepted(200, receipt[ID], answer, replayed=receipt["replayed"])


@app.get("/transactions/<transaction_id>")
def get_transaction(transaction_id: str) -> Response[str]:
    """Return the transaction's current state."""
    row = store.read(parse_id(transaction_id), TRANSACTION)
    return _json(200, transaction_view(row, eventlog.history(transaction_id)))


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
    return _json(202, {ID: order_id, "status": _cancelled(order_id, SAGA)})


@app.post("/transactions/<transaction_id>/cancel")
def post_transaction_cancel(transaction_id: str) -> Response[str]:
    """Cancel the transaction, as an order."""
    status = STATUSES[_cancelled(transaction_id, TRANSACTION)]
    return _json(202, {"transactionId": transaction_id, "status": status})


@app.post("/orders/<order_id>/returns")
def post_return(order_id: str) -> Response[str]:
    """Accept the return of some items. A 202 means that they count as returned; the refund follows."""
    quantities, text = parse_return(app.current_event)
    row, replayed = returns.accept(parse_id(order_id), quantities, text, parse_key(app.current_event))
    answer = {"returnId": row[ID], "status": Status.PENDING, "refundAmount": to_number(row["refundAmount"])}
    return _accepted(202, row[ID], answer, replayed=replayed, at="")


@app.get("/orders/<order_id>/returns")
def get_returns(order_id: str) -> Response[str]:
    """Return the order's returns, oldest first."""
    found = returns.accepted(parse_id(order_id))
    return _json(200, {ID: order_id, "returns": [returns.return_view(row) for row in found]})


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


def _cancelled(saga_id: str, kind: str) -> Status:
    """Cancel the saga and return its status."""
    parse_id(saga_id)
    why = Reason(BY_CUSTOMER, text=parse_reason(app.current_event))
    decision.cancel(store.read(saga_id, kind)[ID], why, starts_saga=True)
    logger.info("cancelled", extra={ID: saga_id})
    return Status(store.read(saga_id, kind)["status"])


def _accepted(
    status: int, saga_id: str, answer: dict[str, Any], *, replayed: bool, at: str | None = None
) -> Response[str]:
    """Answer with an address below the request's, by default that of what was accepted.

    The address is relative: only the client knows the stage or the base path.
    """
    logger.set_correlation_id(saga_id)
    logger.info("accepted", extra={"replayed": replayed})
    collection = app.current_event.path.rpartition("/")[2]  # empty if the path ends with a slash
    location = "/".join(filter(None, [collection, saga_id if at is None else at]))
    headers: dict[str, str | list[str]] = {"Location": location or "."}
    return _json(status, answer, {**headers, "Idempotency-Replayed": "true"} if replayed else headers)


def _json(status: int, body: dict[str, Any], headers: dict[str, str | list[str]] | None = None) -> Response[str]:
    return Response(status_code=status, content_type="application/json", headers=headers or {}, body=json.dumps(body))
