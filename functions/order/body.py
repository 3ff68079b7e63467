"""The body of a request, as JSON: its content type, its encoding, and no name twice in an object."""

import base64
import json
import re
from decimal import Decimal
from typing import Any

from pydantic_core import from_json

from order.problems import Problem
from order.request import Request, values

MAX_BODY = 64 * 1024
JSON = re.compile(r"\s*application/([\w.!#$&^+-]+\+)?json\s*(;.*)?", re.IGNORECASE)


def parse(event: Request, absent: str = "") -> Any:  # noqa: ANN401  whatever the client sent
    """Parse the body, or `absent` if there is none. A body without a content type is taken for JSON.

    Raises:
        Problem: 400, it is not JSON; 413, it is too large; 415, it has another content type.
    """
    if event["body"] and not all(JSON.fullmatch(each) for each in values(event, "content-type")):
        raise Problem(415, "The body's content type is not JSON", "Send it as application/json.")
    try:
        return _json(_bytes(event, absent))
    except ValueError as malformed:
        raise Problem(400, "The body is not JSON", str(malformed)) from None


def _bytes(event: Request, absent: str) -> bytes:
    if event["body"] and event.get("isBase64Encoded"):
        return base64.b64decode(event["body"], validate=True)
    return (event["body"] or absent).encode()


def _json(raw: bytes) -> Any:  # noqa: ANN401  whatever the client sent
    if len(raw) > MAX_BODY:
        raise Problem(413, "The body is too large", f"It may have {MAX_BODY} bytes.")
    from_json(raw, allow_inf_nan=False)  # refuses what `json` accepts: NaN, lone surrogates, any depth, other encodings
    return json.loads(raw, parse_float=_decimal, object_pairs_hook=_object)


def _decimal(number: str) -> Decimal:
    try:
        return Decimal(number)
    except ArithmeticError:
        raise ValueError("a number is out of range") from None


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        raise ValueError("an object has the same name twice")
    return found
