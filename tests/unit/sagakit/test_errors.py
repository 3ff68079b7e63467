"""Which AWS errors are transient."""

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

from sagakit.errors import TransientError
from sagakit.transient import TRANSIENT, classified


def client_error(code: str, status: int | None = 400) -> ClientError:
    metadata: Any = {} if status is None else {"HTTPStatusCode": status}
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": metadata}, "GetItem")


@pytest.mark.parametrize(
    "error",
    [
        *map(client_error, sorted(TRANSIENT)),
        *[client_error("SomethingNew", status) for status in (500, 502, 503)],
        *[lost(endpoint_url="https://db") for lost in (EndpointConnectionError, ReadTimeoutError, ConnectTimeoutError)],
    ],
    ids=str,
)
def test_throttles_conflicts_server_faults_and_lost_connections_are_transient(
    error: BotoCoreError | ClientError,
) -> None:
    assert isinstance(classified(error), TransientError)
    assert not isinstance(error, ClientError) or str(classified(error)) == error.response["Error"]["Code"]


@pytest.mark.parametrize(
    "defect",
    [
        *map(client_error, ("ValidationException", "AccessDeniedException", "ResourceNotFoundException")),
        client_error("ValidationException", status=None),
        ParamValidationError(report="Missing required parameter"),
    ],
    ids=str,
)
def test_an_invalid_call_is_a_defect_and_keeps_its_error(defect: BotoCoreError | ClientError) -> None:
    assert classified(defect) is defect
