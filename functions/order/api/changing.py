"""The routes that cancel a saga, or return items of a confirmed order."""

from aws_lambda_powertools.utilities.typing import LambdaContext

from order import returns, store
from order.api.endpoint import Response, accepted, endpoint, respond
from order.domain import SAGA, TRANSACTION
from order.money import to_number
from order.request import Request, parse_id, parse_key
from order.schemas import parse_reason, parse_return
from order.transactions import STATUSES
from sagakit import decision
from sagakit.dynamodb import Item
from sagakit.event import ID
from sagakit.observability import logger
from sagakit.reason import BY_CUSTOMER, Reason
from sagakit.saga import Status


@endpoint
def post_cancel(request: Request, _context: LambdaContext) -> Response:
    """Cancel the order. A 202 means that the decision to cancel is final, not just requested."""
    row = _cancelled(request, SAGA)
    return respond(202, {ID: row[ID], "status": row["status"]})


@endpoint
def post_transaction_cancel(request: Request, _context: LambdaContext) -> Response:
    """Cancel the transaction, as an order."""
    row = _cancelled(request, TRANSACTION)
    return respond(202, {"transactionId": row[ID], "status": STATUSES[row["status"]]})


@endpoint
def post_return(request: Request, _context: LambdaContext) -> Response:
    """Accept the return of some items. A 202 means that they count as returned; the refund follows."""
    quantities, text = parse_return(request)
    row, replayed = returns.accept(parse_id(request), quantities, text, parse_key(request))
    answer = {"returnId": row[ID], "status": Status.PENDING, "refundAmount": to_number(row["refundAmount"])}
    return accepted(request, 202, row[ID], answer, replayed=replayed, at="")


def _cancelled(request: Request, kind: str) -> Item:
    """Cancel the saga and return its row."""
    saga_id = parse_id(request)
    why = Reason(BY_CUSTOMER, text=parse_reason(request))
    decision.cancel(store.read(saga_id, kind)[ID], why, starts_saga=True)
    logger.info("cancelled", extra={ID: saga_id})
    return store.read(saga_id, kind)
