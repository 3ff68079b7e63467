"""The routes that place: orders and transactions."""

from aws_lambda_powertools.utilities.typing import LambdaContext

from order.api.endpoint import Response, accepted, endpoint
from order.domain import TRANSACTION
from order.money import to_number
from order.placing import place
from order.request import Request, parse_key
from order.schemas import parse_order, parse_transaction
from sagakit.event import ID
from sagakit.idempotency import api_config
from sagakit.saga import Status


@endpoint
def post_order(request: Request, context: LambdaContext) -> Response:
    """Accept an order."""
    api_config.register_lambda_context(context)
    receipt = place(parse_order(request), parse_key(request))
    answer = {
        ID: receipt[ID],
        "status": Status.PENDING,
        "totalAmount": to_number(receipt["total"]),
        "message": "Order created successfully",
    }
    return accepted(request, 202, receipt[ID], answer, replayed=receipt["replayed"])


@endpoint
def post_transaction(request: Request, context: LambdaContext) -> Response:
    """Accept a transaction. Not 202, because clients of systems like this one expect 200."""
    api_config.register_lambda_context(context)
    receipt = place(parse_transaction(request), parse_key(request), TRANSACTION)
    answer = {"transactionId": receipt[ID], "status": "STARTED", "message": "Transaction initiated successfully"}
    return accepted(request, 200, receipt[ID], answer, replayed=receipt["replayed"])
