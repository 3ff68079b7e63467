"""What the API's functions share: a route returns a response, and what it raises becomes a problem.

API Gateway sends each function only its own route, so none of them has to find it.
"""

import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from order.problems import CONTENT_TYPE, Problem, unavailable, unexpected
from order.request import Request
from sagakit.errors import AlreadyConfirmed, UnknownSaga
from sagakit.observability import logger
from sagakit.transient import is_transient

type Response = dict[str, Any]  # as API Gateway takes it
type Route = Callable[[Request, LambdaContext], Response]

PROBLEMS: Mapping[type[Exception], Problem] = {
    AlreadyConfirmed: Problem(409, "The order is confirmed", "A confirmed order can only be returned."),
    UnknownSaga: Problem(404, "There is no such order"),
}


def endpoint(route: Route) -> Route:
    """Make the route a Lambda handler. A 5xx response reveals nothing; the cause is only logged."""

    @logger.inject_lambda_context(clear_state=True)
    @wraps(route)
    def wrapper(request: Request, context: LambdaContext) -> Response:
        try:
            return route(request, context)
        except Problem as problem:
            return _refused(problem)
        except tuple(PROBLEMS) as error:
            return _refused(PROBLEMS[type(error)])
        except Exception as error:  # noqa: BLE001  every request gets a response
            logger.exception("request failed")
            return _refused(unavailable() if is_transient(error) else unexpected())

    handler: Route = wrapper
    return handler


def respond(status: int, body: Mapping[str, Any], **headers: str) -> Response:
    """Return a response with this body as JSON."""
    return {"statusCode": status, "headers": {"Content-Type": "application/json", **headers}, "body": json.dumps(body)}


def accepted(
    request: Request, status: int, saga_id: str, body: Mapping[str, Any], *, replayed: bool, at: str | None = None
) -> Response:
    """Answer with an address below the request's, by default that of what was accepted.

    The address is relative: only the client knows the stage or the base path.
    """
    logger.set_correlation_id(saga_id)
    logger.info("accepted", extra={"replayed": replayed})
    collection = request["path"].rpartition("/")[2]  # empty if the path ends with a slash
    location = "/".join(filter(None, [collection, saga_id if at is None else at])) or "."
    replay = {"Idempotency-Replayed": "true"} if replayed else {}
    return respond(status, body, Location=location, **replay)


def _refused(problem: Problem) -> Response:
    return respond(problem.status, problem.body, **{"Content-Type": CONTENT_TYPE, **problem.headers})
