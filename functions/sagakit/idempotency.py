"""Powertools' idempotency: a fast path to the same response, and one caller at a time.

Its records expire, and a crash can leave one in progress, so correctness rests on the saga's row and its events.
"""

import os
from typing import Any

from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer, IdempotencyConfig
from aws_lambda_powertools.utilities.idempotency.persistence.datarecord import DataRecord

from sagakit import dynamodb, tables
from sagakit.event import ID

# One layer per config: the first config that uses a layer configures it for good.
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


def _mark_replayed(response: Any, _record: DataRecord) -> Any:  # noqa: ANN401  Powertools' hook
    return {**response, "replayed": True}


# A step's payload is the saga's id alone, so there is nothing else to validate.
step_config = _config(event_key_jmespath=ID)

api_config = _config(
    event_key_jmespath="[customerId, key]",
    payload_validation_jmespath="fingerprint",
    response_hook=_mark_replayed,
)
