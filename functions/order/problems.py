"""Errors as clients see them: application/problem+json, RFC 9457."""

from http import HTTPStatus
from typing import Any

CONTENT_TYPE = "application/problem+json"


class Problem(Exception):
    """An error for the client, with its status code."""

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
        self.headers = {"Retry-After": str(retry_after)} if retry_after else {}


def unexpected() -> Problem:
    """Return the problem for a defect, which tells the client nothing about it."""
    return Problem(500, HTTPStatus.INTERNAL_SERVER_ERROR.phrase, "The error is logged under the request's id.")


def unavailable() -> Problem:
    """Return the problem that asks the client to retry, which is safe with an idempotency key."""
    return Problem(503, HTTPStatus.SERVICE_UNAVAILABLE.phrase, "Try again in a moment.", retry_after=1)


def busy() -> Problem:
    """Return the problem for a request that is still running."""
    return Problem(409, "A request with this idempotency key is running", "Ask again.", retry_after=1)


def erased() -> Problem:
    """Return the problem for an idempotency key whose order was placed and has been erased since."""
    return Problem(410, "The order of this idempotency key was erased", "Use a new key for a new order.")


def key_reused() -> Problem:
    """Return the problem for an idempotency key that was used for another order."""
    return Problem(422, "The idempotency key was used for another order", "Use a new key for a new order.")
