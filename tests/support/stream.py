"""Records of the outbox table's stream, as Lambda passes them to the relay."""

import json
import os
from typing import Any

from sagakit import dynamodb
from sagakit.dynamodb import Item
from sagakit.relay import dispatch
from tests.support import world
from tests.support.lambdas import Context, handler
from tests.support.steps import sample


def inserted(row: Item, number: str = "1") -> dict[str, Any]:
    """Return the stream record of an inserted row."""
    record = sample("relay_outbox")["Records"][0]
    image = {"NewImage": dynamodb.to_wire(row), "SequenceNumber": number}
    return {**record, "eventID": number, "dynamodb": {**record["dynamodb"], **image}}


def records() -> list[dict[str, Any]]:
    """Return the stream records of all events, numbered from 0."""
    rows = sorted(world.rows("EVENTS"), key=lambda row: (row["orderId"], row["at"]))
    return [inserted(row, str(number)) for number, row in enumerate(rows)]


def relay(*batch: dict[str, Any]) -> list[str]:
    """Pass the relay a batch; return the numbers of the records that it reports as failed."""
    answer = handler("RelayOutboxFunction")({"Records": list(batch)}, Context())
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def machine() -> str:
    """Return the ARN of the state machine that the relay starts."""
    return str(json.loads(os.environ["STATE_MACHINES"])["order"])


def executions() -> dict[str, Any]:
    """Return the inputs of the started executions, by name."""
    started = dispatch.sfn.list_executions(stateMachineArn=machine())["executions"]
    described = [dispatch.sfn.describe_execution(executionArn=each["executionArn"]) for each in started]
    return {each["name"]: json.loads(each["input"]) for each in described}
