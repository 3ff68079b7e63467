"""Errors as clients see them: application/problem+json, RFC 9457."""

import json
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response

CONTENT_TYPE = "application/problem+json"


class Problem(Exception):
    """Something the client should know, with its status code."""

    def __init__(
        self,
        status: int,
        title: str,
        detail: str = "",
        *,
        retry_after: int = 0,
        **members: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(title)
        self.status = status
        self.body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **members}
        self.headers: dict[str, str | list[str]] = {"Retry-After": str(retry_after)} if retry_after else {}


def response(problem: Problem) -> Response[str]:
    """Turn the problem into an answer."""
    return Response(
        status_code=problem.status,
        content_type=CONTENT_TYPE,
        headers=problem.headers,
        body=json.dumps(problem.body),
    )


def unexpected() -> Problem:
    """Give what a client may know of a defect: nothing."""
    return Problem(500, HTTPStatus.INTERNAL_SERVER_ERROR.phrase, "The error is logged under the request's id.")


def unavailable() -> Problem:
    """Tell the client to try again: with an idempotency key that is safe."""
    return Problem(503, HTTPStatus.SERVICE_UNAVAILABLE.phrase, "Try again in a moment.", retry_after=1)


def busy() -> Problem:
    """Tell the client that the same request is still at work."""
    return Problem(409, "A request with this idempotency key is running", "Ask again.", retry_after=1)


def other_order() -> Problem:
    """Refuse a key that was used for another order."""
    return Problem(422, "The idempotency key was used for another order", "Use a new key for a new order.")
