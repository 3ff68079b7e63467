"""Which errors of AWS may pass, and which may not."""

from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ParamValidationError,
    ReadTimeoutError,
)

from sagakit.errors import THROTTLES, TransientError, classified


def answer(code: str, status: int | None = 400) -> ClientError:
    answered: Any = {} if status is None else {"HTTPStatusCode": status}
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": answered}, "GetItem")


@pytest.mark.parametrize(
    "error",
    [
        *map(answer, sorted(THROTTLES)),
        *[answer("SomethingNew", status) for status in (500, 502, 503)],
        *[lost(endpoint_url="https://db") for lost in (EndpointConnectionError, ReadTimeoutError, ConnectTimeoutError)],
    ],
    ids=str,
)
def test_a_throttle_a_conflict_a_fault_of_the_server_and_a_lost_connection_are_transient(
    error: BotoCoreError | ClientError,
) -> None:
    assert isinstance(classified(error), TransientError)
    assert not isinstance(error, ClientError) or str(classified(error)) == error.response["Error"]["Code"]


@pytest.mark.parametrize(
    "defect",
    [
        *map(answer, ("ValidationException", "AccessDeniedException", "ResourceNotFoundException")),
        answer("ValidationException", status=None),
        ParamValidationError(report="Missing required parameter"),
    ],
    ids=str,
)
def test_a_call_that_was_wrong_is_a_defect_and_stays_what_it_is(defect: BotoCoreError | ClientError) -> None:
    assert classified(defect) is defect
