"""What a handler gets, and what the engine gets from it: as with Lambda's own runtime client."""

import json
from decimal import Decimal
from typing import Any

import pytest

from saga.engine.warm.invocation import Failed, Handler, Invocation, failure_of_import, outcome

FAR = 4102444800000  # ms: the year 2100


class PaymentDeclinedError(Exception):
    """An error with a name that a state machine catches."""


def call(handler: Handler, event: Any = None, deadline: int = FAR) -> bytes | Failed:
    return outcome(handler, Invocation("request-1", deadline, "arn:f", "", event))


def payload(answer: bytes | Failed) -> dict[str, Any]:
    assert isinstance(answer, Failed)
    found: dict[str, Any] = json.loads(answer.payload)
    return found


def refuse(_event: Any, _context: Any) -> None:
    raise PaymentDeclinedError("no funds")


def test_a_result_is_json_in_utf8_with_dynamodbs_numbers() -> None:
    answer = call(lambda event, _: {"a": event, "b": Decimal(3), "c": Decimal("1.25")}, "ü")
    assert answer == '{"a": "ü", "b": 3, "c": 1.25}'.encode()


def test_an_error_has_its_class_as_type_and_a_stack_trace_from_the_handler_on() -> None:
    failed = call(refuse)
    assert isinstance(failed, Failed)
    assert failed.error_type == "PaymentDeclinedError"
    found = payload(failed)
    (trace,) = found.pop("stackTrace")
    assert found == {"errorMessage": "no funds", "errorType": "PaymentDeclinedError", "requestId": "request-1"}
    assert trace.splitlines()[0].startswith(f'  File "{__file__}", line ')
    assert trace.splitlines()[1:] == ['    raise PaymentDeclinedError("no funds")']


def test_an_error_is_logged_as_one_event(capsys: pytest.CaptureFixture[str]) -> None:
    call(refuse)
    first, second, *_ = capsys.readouterr().out.removesuffix("\n").split("\r")
    assert (first, second) == ("[ERROR] PaymentDeclinedError: no funds", "Traceback (most recent call last):")


def test_a_result_that_is_no_json_is_an_error() -> None:
    found = payload(call(lambda *_: {1, 2}))
    assert found["errorType"] == "Runtime.MarshalError"
    assert found["errorMessage"] == "Unable to marshal response: Object of type set is not JSON serializable"


def test_the_context_tells_which_function_runs_and_how_long_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "f")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
    seen = call(lambda _, it: [it.function_name, it.memory_limit_in_mb, it.aws_request_id, it.invoked_function_arn])
    assert seen == b'["f", "256", "request-1", "arn:f"]'
    assert int(bytes(call(lambda _, context: context.get_remaining_time_in_millis()))) > 0  # type: ignore[arg-type]
    assert call(lambda _, context: context.get_remaining_time_in_millis(), deadline=1) == b"0"


def test_a_handler_that_cannot_be_imported_is_a_failure_of_the_runtime() -> None:
    assert failure_of_import(ModuleNotFoundError("No module named 'x'")).error_type == "Runtime.ImportModuleError"
    assert failure_of_import(ZeroDivisionError()).error_type == "ZeroDivisionError"
