"""A client of the Lambda Runtime API (docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html)."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPConnection, HTTPMessage

from saga.engine.warm.invocation import Failed, Invocation

_PATH = "/2018-06-01/runtime"
_ERROR_TYPE = "Lambda-Runtime-Function-Error-Type"


class RuntimeApi:
    """The API at `address`, over one connection. Its methods raise an OSError if the engine is gone."""

    def __init__(self, address: str) -> None:
        self._connection = HTTPConnection(address)

    def next(self) -> Invocation:
        """Wait for an event."""
        headers, body = self._call("GET", "invocation/next", HTTPStatus.OK)
        return Invocation(
            request_id=headers["Lambda-Runtime-Aws-Request-Id"],
            deadline_ms=int(headers["Lambda-Runtime-Deadline-Ms"]),
            function_arn=headers["Lambda-Runtime-Invoked-Function-Arn"],
            trace_id=headers.get("Lambda-Runtime-Trace-Id", ""),
            event=json.loads(body),
        )

    def answer(self, request_id: str, answer: bytes | Failed) -> None:
        """Give the handler's result, or say how it failed."""
        if isinstance(answer, Failed):
            self._post(f"invocation/{request_id}/error", answer.payload, {_ERROR_TYPE: answer.error_type})
        else:
            self._post(f"invocation/{request_id}/response", answer, {})

    def report(self, failed: Failed) -> None:
        """Say that the handler cannot be imported."""
        self._post("init/error", failed.payload, {_ERROR_TYPE: failed.error_type})

    def _post(self, path: str, body: bytes, headers: Mapping[str, str]) -> None:
        self._call("POST", path, HTTPStatus.ACCEPTED, body, {"Content-Type": "application/json", **headers})

    def _call(
        self, method: str, path: str, expected: int, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[HTTPMessage, bytes]:
        self._connection.request(method, f"{_PATH}/{path}", body, headers or {})
        response = self._connection.getresponse()
        content = response.read()
        if response.status != expected:
            raise ConnectionError(f"the engine answers {path} with {response.status}: {content!r}")
        return response.headers, content
