"""Powertools' idempotency: the fast way to the same answer, and one caller at a time.

Its records expire and can die half way, so nothing is correct because of it: the saga's row and its event rows are.
"""

import os
from typing import Any

from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer, IdempotencyConfig
from aws_lambda_powertools.utilities.idempotency.persistence.datarecord import DataRecord

from sagakit import dynamodb, tables
from sagakit.event import ID

# One layer for each config: Powertools configures a layer once, by whoever uses it first.
step_persistence, api_persistence = (
    DynamoDBPersistenceLayer(table_name=tables.idempotency(), boto3_client=dynamodb.client) for _ in range(2)
)


def _config(**settings: Any) -> IdempotencyConfig:  # noqa: ANN401  Powertools' own keywords
    return IdempotencyConfig(
        raise_on_no_idempotency_key=True,
        expires_after_seconds=int(os.environ["IDEMPOTENCY_TTL_SECONDS"]),
        hash_function="sha256",
        **settings,
    )


def _mark_replayed(answer: Any, _record: DataRecord) -> Any:  # noqa: ANN401  Powertools' hook
    return {**answer, "replayed": True}


# A step's payload is the saga's id and no more, so the key already covers all there is to validate.
step_config = _config(event_key_jmespath=ID)

api_config = _config(
    event_key_jmespath="[customerId, key]",
    payload_validation_jmespath="fingerprint",
    response_hook=_mark_replayed,
)
