"""One call of a handler, with the context and the answers that Lambda's own Python runtime client has."""

import json
import os
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from saga.engine.warm import logs

type Handler = Callable[[Any, "Context"], Any]


@dataclass(frozen=True)
class Invocation:
    """An event and what came with it. The deadline is in milliseconds since the epoch."""

    request_id: str
    deadline_ms: int
    function_arn: str
    trace_id: str
    event: Any


@dataclass(frozen=True)
class Failed:
    """How a handler failed: the error's type, and the payload that the caller gets."""

    error_type: str
    payload: bytes

    @classmethod
    def of(cls, error_type: str, message: str, stack_trace: list[str], request_id: str = "") -> "Failed":
        """Log the failure as Lambda does, and return it."""
        payload = {
            "errorMessage": message,
            "errorType": error_type,
            "requestId": request_id,
            "stackTrace": stack_trace,
        }
        logs.error(error_type, message, stack_trace)
        return cls(error_type, _to_json(payload))


def _variable(name: str) -> Any:  # noqa: ANN401 - a field of a dataclass
    return field(default_factory=lambda: os.environ.get(name))


@dataclass(frozen=True)
class Context:
    """The context object of a Python handler (docs.aws.amazon.com/lambda/latest/dg/python-context.html)."""

    aws_request_id: str
    invoked_function_arn: str
    deadline_ms: int = field(repr=False)
    function_name: str | None = _variable("AWS_LAMBDA_FUNCTION_NAME")
    function_version: str | None = _variable("AWS_LAMBDA_FUNCTION_VERSION")
    memory_limit_in_mb: str | None = _variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
    log_group_name: str | None = _variable("AWS_LAMBDA_LOG_GROUP_NAME")
    log_stream_name: str | None = _variable("AWS_LAMBDA_LOG_STREAM_NAME")
    identity: None = None
    client_context: None = None

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the function times out."""
        return max(0, self.deadline_ms - int(time.time() * 1000))


def outcome(handler: Handler, invocation: Invocation) -> bytes | Failed:
    """Call the handler. Return its result as JSON, or its failure."""
    context = Context(invocation.request_id, invocation.function_arn, invocation.deadline_ms)
    try:
        result = handler(invocation.event, context)
    except Exception as error:  # noqa: BLE001 - whatever it raises is the function's answer
        return Failed.of(type(error).__name__, str(error), _stack(error), invocation.request_id)
    try:
        return _to_json(result)
    except (TypeError, ValueError) as error:
        message = f"Unable to marshal response: {error}"
        return Failed.of("Runtime.MarshalError", message, [], invocation.request_id)


def failure_of_import(error: Exception) -> Failed:
    """Return the failure of a handler that cannot be imported."""
    kind = "Runtime.ImportModuleError" if isinstance(error, ImportError) else type(error).__name__
    return Failed.of(kind, str(error), _stack(error))


def _stack(error: Exception) -> list[str]:
    """Return the calls from the handler on, as Lambda formats them: without marks below the lines."""
    frames = traceback.extract_tb(error.__traceback__)[1:]
    return traceback.format_list([(each.filename, each.lineno or 0, each.name, each.line) for each in frames])


def _to_json(value: object) -> bytes:
    return json.dumps(value, default=_number, ensure_ascii=False).encode()


def _number(value: object) -> int | float:
    """Convert what DynamoDB calls a number, as Lambda does."""
    if isinstance(value, Decimal):
        return int(value) if value.is_finite() and value == value.to_integral_value() else float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
