"""JSON over HTTP: requests to this machine bypass any proxy; requests to AWS use the environment's."""

import json
from functools import cache
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import OpenerDirector, ProxyHandler, Request, build_opener

from saga.failures import Failure, Silent, Unreachable
from saga.patience import PATIENCE

type Json = Any

_LOCAL_HOSTS = {"127.0.0.1", "localhost"}


def call(url: str, body: dict[str, Json] | None = None, headers: dict[str, str] | None = None) -> tuple[int, Json]:
    """GET `url`, or POST `body` to it, and return the status and the parsed response.

    Raises:
        Unreachable: nothing answers, or not in time.
        Failure: the response is not JSON.
    """
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data, {"Content-Type": "application/json", **(headers or {})})  # noqa: S310 - ours alone
    try:
        status, response = _exchange(request)
    except (URLError, HTTPException, ConnectionError, TimeoutError) as error:
        if isinstance(getattr(error, "reason", error), TimeoutError):
            raise Silent.after(url, PATIENCE.seconds) from error
        raise Unreachable(f"{url} does not answer: {error}") from error
    try:
        return status, json.loads(response)
    except ValueError as error:
        raise Failure(f"{url} answered {status}, but the body is not JSON: {response[:200]!r}") from error


@cache
def opener(*, local: bool) -> OpenerDirector:
    """Return what opens URLs. Each new one reads the certificates, which takes 20 ms of CPU time, even for HTTP."""
    return build_opener(ProxyHandler({}) if local else ProxyHandler())


def _exchange(request: Request) -> tuple[int, bytes]:
    opens = opener(local=urlsplit(request.full_url).hostname in _LOCAL_HOSTS)
    try:
        with opens.open(request, timeout=PATIENCE.seconds) as response:
            return response.status, response.read()
    except HTTPError as error:
        return error.code, error.read()
