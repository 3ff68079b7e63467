"""The relay: records of the outbox table's stream, as Lambda passes them to it, and its sweeper."""

import json
import os
from typing import Any

from sagakit import dynamodb
from sagakit.dynamodb import Item
from sagakit.relay import starting
from tests.support import world
from tests.support.lambdas import Context, handler
from tests.support.steps import sample


def inserted(row: Item, number: str = "1") -> dict[str, Any]:
    """Return the stream record of an inserted row."""
    record = sample("start_sagas")["Records"][0]
    image = {"NewImage": dynamodb.to_wire(row), "SequenceNumber": number}
    return {**record, "eventID": number, "dynamodb": {**record["dynamodb"], **image}}


def records() -> list[dict[str, Any]]:
    """Return the stream records of all events, numbered from 0."""
    rows = sorted(world.rows("EVENTS"), key=lambda row: (row["orderId"], row["at"]))
    return [inserted(row, str(number)) for number, row in enumerate(rows)]


def start(*batch: dict[str, Any]) -> list[str]:
    """Pass the consumer that starts sagas what its filter lets through; return the numbers of the failed records."""
    starting_one = [each for each in batch if each["dynamodb"]["NewImage"].get("startsSaga") == {"BOOL": True}]
    if not starting_one:
        return []
    answer = handler("StartSagasFunction")({"Records": starting_one}, Context())
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def publish(*batch: dict[str, Any]) -> int:
    """Pass the consumer that publishes a batch; return how many events it published."""
    return int(handler("PublishEventsFunction")({"Records": list(batch)}, Context())["published"])


def relay(*batch: dict[str, Any]) -> list[str]:
    """Pass both consumers a batch; return the numbers of the records whose saga could not be started."""
    publish(*batch)
    return start(*batch)


def sweep(remaining_ms: int = 55_000) -> int:
    """Try again what is set aside; return with how many events that went well."""
    return int(handler("SweepOutboxFunction")({}, Context(remaining_ms=remaining_ms))["triedAgain"])


def machine() -> str:
    """Return the ARN of the state machine that the relay starts."""
    return str(json.loads(os.environ["STATE_MACHINES"])["order"])


def executions() -> dict[str, Any]:
    """Return the inputs of the started executions, by name."""
    started = starting.sfn.list_executions(stateMachineArn=machine())["executions"]
    described = [starting.sfn.describe_execution(executionArn=each["executionArn"]) for each in started]
    return {each["name"]: json.loads(each["input"]) for each in described}
