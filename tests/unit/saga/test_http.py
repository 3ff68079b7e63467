"""JSON over HTTP: requests to this machine bypass any proxy; requests to AWS do not."""

import io
from collections.abc import Iterator
from email.message import Message
from http.client import BadStatusLine
from typing import Any, Self
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request

import pytest

from saga import http
from saga.failures import Failure, Silent, Unreachable

PROXY = "http://proxy.example:3128"


class Opener:
    """Answers every request with the same response or error, and keeps the proxies that it may use."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer
        self.proxies: dict[str, str] = {}
        self.request: Request | None = None

    def __call__(self, handler: ProxyHandler) -> Self:
        self.proxies = handler.proxies  # type: ignore[attr-defined]  # not in the stubs
        return self

    def open(self, request: Request, timeout: float) -> Any:  # noqa: ARG002 - the opener's own signature
        self.request = request
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


class Response(io.BytesIO):
    """A response with a status."""

    status = 202


@pytest.fixture(autouse=True)
def no_opener() -> Iterator[None]:
    """Have each test make its own opener."""
    http.opener.cache_clear()
    yield
    http.opener.cache_clear()


def opener(monkeypatch: pytest.MonkeyPatch, answer: Any) -> Opener:
    fake = Opener(answer)
    monkeypatch.setattr(http, "build_opener", fake)
    monkeypatch.setenv("https_proxy", PROXY)
    monkeypatch.setenv("http_proxy", PROXY)
    return fake


@pytest.mark.parametrize("url", ["http://127.0.0.1:4566/orders", "http://localhost:4566/orders"])
def test_a_request_to_this_machine_bypasses_the_proxy(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    fake = opener(monkeypatch, Response(b"{}"))
    assert (http.call(url), fake.proxies) == ((202, {}), {})


def test_a_request_to_aws_uses_the_environments_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = opener(monkeypatch, Response(b"{}"))
    http.call("https://abc.execute-api.eu-west-1.amazonaws.com/dev/orders", {"a": 1}, {"x-idempotency-key": "k"})
    assert fake.proxies["https"] == PROXY
    assert fake.request is not None
    assert (fake.request.data, fake.request.get_header("X-idempotency-key")) == (b'{"a": 1}', "k")


def test_an_http_error_is_a_response(monkeypatch: pytest.MonkeyPatch) -> None:
    headers: Message = None  # type: ignore[assignment]  # unused
    opener(monkeypatch, HTTPError("http://x", 422, "no", headers, io.BytesIO(b'{"title": "no"}')))
    assert http.call("http://127.0.0.1/orders", {}) == (422, {"title": "no"})


@pytest.mark.parametrize("error", [URLError("refused"), ConnectionResetError(), BadStatusLine("?")])
def test_no_response_is_unreachable(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    opener(monkeypatch, error)
    with pytest.raises(Unreachable, match="does not answer"):
        http.call("http://127.0.0.1/orders")


@pytest.mark.parametrize("error", [URLError(TimeoutError()), TimeoutError()])
def test_no_response_in_time_is_silence(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    opener(monkeypatch, error)
    with pytest.raises(Silent, match=r"has not answered for 15 s\. To wait longer: saga --timeout SECONDS"):
        http.call("http://127.0.0.1/orders")


def test_a_body_that_is_not_json_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    opener(monkeypatch, Response(b"<html>"))
    with pytest.raises(Failure, match="is not JSON"):
        http.call("http://127.0.0.1/orders")
