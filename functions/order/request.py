"""What a request has besides its body: the id in its path, headers, and among them the idempotency key."""

from typing import Any
from uuid import UUID

from order.problems import Problem
from sagakit.errors import UnknownSaga

MAX_KEY = 255  # characters
KEY_HEADERS = ("x-idempotency-key", "idempotency-key")

type Request = dict[str, Any]  # as API Gateway passes it on


def values(event: Request, *names: str) -> list[str]:
    """Return every value of the headers with these names, which are in lower case.

    Of a header that was sent twice, `headers` has only the last value; `multiValueHeaders` has all.
    """
    headers = event.get("headers") or {}
    every = event.get("multiValueHeaders") or {name: [value] for name, value in headers.items()}
    return [value for name, sent in every.items() if name.lower() in names for value in sent if value is not None]


def parse_key(event: Request) -> str | None:
    """Return the idempotency key, if there is one.

    Proxies may join the values of a header that is sent twice with a comma, so a key has none.

    Raises:
        Problem: 400, there are two keys, or the key is empty, too long or not printable, or has a comma.
    """
    keys = values(event, *KEY_HEADERS)
    if not keys:
        return None
    if len(keys) > 1:
        raise Problem(400, "Two idempotency keys", f"Send one value, in {' or '.join(KEY_HEADERS)}.")
    (key,) = keys
    if not 1 <= len(key) <= MAX_KEY or not key.isprintable() or "," in key:
        rule = f"It has 1 to {MAX_KEY} printable characters and no comma, which would separate two keys."
        raise Problem(400, "The idempotency key is not valid", rule)
    return key


def parse_id(event: Request) -> str:
    """Return the saga's id, which is all that varies in a path.

    Raises:
        UnknownSaga: it is not a UUID in its usual form, so no saga has it.
    """
    (text,) = event["pathParameters"].values()
    try:
        usual = str(UUID(text))
    except ValueError:
        usual = ""
    if text != usual:
        raise UnknownSaga("not an id of an order")
    return usual


def invalid(what: str, messages: dict[str, str]) -> Problem:
    """Return the problem for a body with these messages by field: 422."""
    errors = [{"field": field, "message": message} for field, message in messages.items()]
    return Problem(422, f"This is not a valid {what}", "Each error names its field.", errors=errors)
