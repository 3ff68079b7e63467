"""Which errors of AWS may pass, and which may not."""

from __future__ import annotations

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ParamValidationError,
    ReadTimeoutError,
)

from sagakit.errors import THROTTLES, TransientError, classified


def answer(code: str, status: int = 400) -> ClientError:
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "GetItem")  # type: ignore[typeddict-item]


@pytest.mark.parametrize("code", sorted(THROTTLES))
def test_a_throttle_or_a_conflict_is_transient(code: str) -> None:
    assert isinstance(classified(answer(code)), TransientError)


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_fault_of_the_server_is_transient_whatever_its_name(status: int) -> None:
    assert isinstance(classified(answer("SomethingNew", status)), TransientError)


@pytest.mark.parametrize("lost", [EndpointConnectionError, ReadTimeoutError, ConnectTimeoutError])
def test_a_lost_connection_is_transient(lost: type[ReadTimeoutError]) -> None:
    assert isinstance(classified(lost(endpoint_url="https://dynamodb")), TransientError)


def test_a_transient_error_says_what_it_was() -> None:
    assert str(classified(answer("ThrottlingException"))) == "ThrottlingException"


@pytest.mark.parametrize("code", ["ValidationException", "AccessDeniedException", "ResourceNotFoundException"])
def test_a_defect_stays_what_it_is(code: str) -> None:
    defect = answer(code)
    assert classified(defect) is defect


def test_an_answer_without_a_status_code_is_judged_by_its_name() -> None:
    defect = ClientError({"Error": {"Code": "ValidationException"}, "ResponseMetadata": {}}, "GetItem")  # type: ignore[typeddict-item]
    assert classified(defect) is defect


def test_a_call_that_was_wrong_is_a_defect() -> None:
    defect = ParamValidationError(report="Missing required parameter")
    assert classified(defect) is defect
