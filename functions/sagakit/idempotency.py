"""Powertools' idempotency: a fast path to the same response, and one caller at a time.

Its records expire, and a crash can leave one in progress, so correctness rests on the saga's row and its events.
Nothing relies on the table of records: while it is down or denied, calls go on without it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer, IdempotencyConfig
from aws_lambda_powertools.utilities.idempotency.persistence.datarecord import DataRecord
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from sagakit import tables
from sagakit.observability import count, logger

# A table that hangs must leave the call time for its work: at most 0.8 s before it, and as much after it.
BRIEF = Config(connect_timeout=0.3, read_timeout=0.5, retries={"mode": "standard", "total_max_attempts": 1})

client = boto3.client("dynamodb", config=BRIEF)


class Records(DynamoDBPersistenceLayer):
    """Powertools' records in DynamoDB. That they cannot be written costs a warning, not the call."""

    def _put_record(self, data_record: DataRecord) -> None:
        with _or_warning():
            super()._put_record(data_record)

    def _update_record(self, data_record: DataRecord) -> None:
        with _or_warning():
            super()._update_record(data_record)

    def _delete_record(self, data_record: DataRecord) -> None:
        with _or_warning():
            super()._delete_record(data_record)


@contextmanager
def _or_warning() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        logger.warning("no idempotency record", extra={"error": type(error).__name__})
        count("IdempotencyRecordsMissing")


api_persistence = Records(table_name=tables.idempotency(), boto3_client=client)


def _mark_replayed(response: Any, idempotent_data: DataRecord) -> Any:  # noqa: ANN401, ARG001  Powertools' hook
    return {**response, "replayed": True}


api_config = IdempotencyConfig(
    raise_on_no_idempotency_key=True,
    expires_after_seconds=int(os.environ["IDEMPOTENCY_TTL_SECONDS"]),
    hash_function="sha256",
    event_key_jmespath="[customerId, kind, key]",
    payload_validation_jmespath="fingerprint",
    response_hook=_mark_replayed,
)
