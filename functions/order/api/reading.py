"""The routes that read. They validate no body, so they start without pydantic."""

from aws_lambda_powertools.utilities.typing import LambdaContext

from order import store
from order.api.endpoint import Response, endpoint, respond
from order.domain import SAGA, TRANSACTION
from order.request import Request, parse_id
from order.returns import accepted, return_view
from order.transactions import transaction_view
from order.views import event_view, order_view
from sagakit import eventlog
from sagakit.errors import UnknownSaga
from sagakit.event import ID


@endpoint
def get_order(request: Request, _context: LambdaContext) -> Response:
    """Return the order's current state."""
    return respond(200, order_view(store.read(parse_id(request))))


@endpoint
def get_events(request: Request, _context: LambdaContext) -> Response:
    """Return the order's events, oldest first."""
    history = eventlog.history(parse_id(request))
    if history.saga.name != SAGA:
        raise UnknownSaga(history.saga_id)
    return respond(200, {ID: history.saga_id, "events": [event_view(event) for event in history]})


@endpoint
def get_returns(request: Request, _context: LambdaContext) -> Response:
    """Return the order's returns, oldest first."""
    order_id = parse_id(request)
    return respond(200, {ID: order_id, "returns": [return_view(row) for row in accepted(order_id)]})


@endpoint
def get_transaction(request: Request, _context: LambdaContext) -> Response:
    """Return the transaction's current state."""
    row = store.read(parse_id(request), TRANSACTION)
    return respond(200, transaction_view(row, eventlog.history(row[ID])))
