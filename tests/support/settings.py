"""The environment variables that the template gives the functions. Import this module before any function."""

import json
import os

import moto.core  # noqa: F401  before any client of botocore exists, or moto cannot reach it

from tests.support.template import queues, tables

# The functions read some of these at import time, as on Lambda.
os.environ.update({f"{table}_TABLE": f"test-{table.lower()}" for table in tables()})
os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_DEFAULT_REGION="us-east-1",
    COMPENSATION_PATIENCE_SECONDS="86400",
    CURRENCY="USD",
    EVENT_BUS_NAME="test-events",
    EVENT_SOURCE="order-saga",
    GATEWAY_DOWN="",
    GATEWAY_TIMEOUT_SECONDS="0",
    IDEMPOTENCY_TTL_SECONDS="600",
    ORDER_DEADLINE_SECONDS="7200",
    PAYMENT_PROVIDER="simulated",
    POWERTOOLS_LOG_LEVEL="CRITICAL",
    POWERTOOLS_METRICS_NAMESPACE="OrderSaga",
    POWERTOOLS_SERVICE_NAME="order-saga",
    QUEUES=json.dumps({name: f"https://sqs/{queue}.fifo" for name, queue in queues().items()}),
    STATE_MACHINES=json.dumps(
        dict.fromkeys(["order", "return"], "arn:aws:states:us-east-1:123456789012:stateMachine:test")
    ),
    TRANSACTION_DEADLINE_SECONDS="7200",
)
os.environ.pop("AWS_ENDPOINT_URL", None)
os.environ.pop("AWS_PROFILE", None)
