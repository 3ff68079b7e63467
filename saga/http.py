"""JSON over HTTP: to this machine never through a proxy, to AWS as the environment says."""

import json
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from saga.failure import Failure, Unreachable

_HERE = {"127.0.0.1", "localhost"}


def call(url: str, body: dict[str, Any] | None = None, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    """GETs `url`, or POSTs `body` to it, and gives the status and the parsed answer.

    Raises Unreachable when nothing answers, Failure when the answer is not JSON.
    """
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data, {"Content-Type": "application/json", **(headers or {})})  # noqa: S310 - ours alone
    try:
        status, answer = _exchange(request)
    except (URLError, ConnectionError, TimeoutError) as error:
        raise Unreachable(f"{url} does not answer: {error}") from error
    try:
        return status, json.loads(answer)
    except ValueError as error:
        raise Failure(f"{url} answered {status} with what is not JSON: {answer[:200]!r}") from error


def _exchange(request: Request) -> tuple[int, bytes]:
    opener = build_opener(ProxyHandler({}) if urlsplit(request.full_url).hostname in _HERE else ProxyHandler())
    try:
        with opener.open(request, timeout=30) as response:
            return response.status, response.read()
    except HTTPError as error:
        return error.code, error.read()
