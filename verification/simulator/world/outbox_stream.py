"""The outbox's stream. Each consumer has its own position, and its filter and retry rules from the template."""

import copy
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.support.steps import sample
from tests.support.template import resources
from verification.simulator.dynamodb.in_memory_dynamodb import Change
from verification.simulator.world.scheduler import Result

if TYPE_CHECKING:
    from verification.simulator.world.simulation import Simulation

TEMPLATE = sample("publish_events")["Records"][0]
DAY = 86_400  # seconds for which a stream keeps a record
UNLIMITED = 1_000_000

type Record = dict[str, Any]


class Consumer:
    """A function that the stream invokes with batches of records."""

    def __init__(self, sim: "Simulation", function: str) -> None:
        mapping = _mapping(function)
        self.function = function
        self.pending: list[Record] = []
        self.delivered: list[Record] = []
        self.failed = False  # the last batch
        self.given_up: list[Record] = []  # after too many attempts, or because of their age
        self._sim = sim
        self._patterns = [json.loads(each["Pattern"]) for each in mapping["FilterCriteria"]["Filters"]]
        self._batch_size = mapping["BatchSize"]
        self._max_attempts = mapping.get("MaximumRetryAttempts", UNLIMITED) + 1
        self._max_age = min(mapping.get("MaximumRecordAgeInSeconds", DAY), DAY)
        self._bisects = mapping.get("BisectBatchOnFunctionError", False)
        self._reports_items = "ReportBatchItemFailures" in mapping.get("FunctionResponseTypes", ())
        self._attempts: Counter[str] = Counter()
        self._limits: dict[str, int] = {}  # by record: the size of its next batch, after a bisection

    def offer(self, record: Record) -> None:
        """Add the record if it passes the filter."""
        if any(_matches(pattern, record) for pattern in self._patterns):
            self.pending.append(record)

    def next_batch(self) -> list[Record]:
        """Return the records that are delivered together next."""
        limits = [self._limits.get(record["eventID"], self._batch_size) for record in self.pending[:1]]
        return self.pending[: min(limits, default=0)]

    def deliver(self, records: list[Record]) -> None:
        """Invoke the function with a batch; give up on records that are too old."""

        def on_end(result: Result) -> None:
            self._ended(batch, result)

        self.pending = [record for record in self.pending if record not in records]
        self.given_up += [record for record in records if self._is_too_old(record)]
        batch = [record for record in records if not self._is_too_old(record)]
        self._attempts.update(record["eventID"] for record in batch)
        if batch:
            self._sim.invoke("relay", self.function, {"Records": batch}, on_end)

    def _ended(self, batch: list[Record], result: Result) -> None:
        first = 0 if result.error else self._first_failure(batch, result.value)
        self.delivered += batch[:first]
        self.failed = first < len(batch)
        failed = batch[first:]
        if result.error and self._bisects:
            self._limits.update({record["eventID"]: max(1, len(batch) // 2) for record in failed})
        retried = [record for record in failed if self._attempts[record["eventID"]] < self._max_attempts]
        self.given_up += [record for record in failed if record not in retried]
        self.pending[:0] = retried

    def _first_failure(self, batch: list[Record], answer: Any) -> int:
        """Return the index of the first failed record. The mapping retries from there."""
        numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
        failures = answer["batchItemFailures"] if self._reports_items else ()
        return min((numbers.index(failure["itemIdentifier"]) for failure in failures), default=len(batch))

    def _is_too_old(self, record: Record) -> bool:
        created = record["dynamodb"]["ApproximateCreationDateTime"]
        return bool(self._sim.clock.true - created * 1000 > self._max_age * 1000)


class Stream:
    """The stream records of the events table, and its two consumers."""

    def __init__(self, sim: "Simulation") -> None:
        self.is_down = sim.plan.relay_down
        self.starting, self.publishing = Consumer(sim, "StartSagas"), Consumer(sim, "PublishEvents")
        self.consumers = self.starting, self.publishing
        self._sim = sim
        self._last_number = 0

    def observe(self, change: Change) -> None:
        """Offer a record of a new row to the consumers."""
        if change.before is None and change.after is not None:
            record = self.record(change.after.wire)
            for consumer in self.consumers:
                consumer.offer(record)

    def record(self, image: dict[str, Any]) -> Record:
        """Return a record with the image of a row."""
        self._last_number += 1
        number, created = str(self._last_number), self._sim.clock.true // 1000
        record: Record = copy.copy(TEMPLATE)
        record["eventID"] = number
        record["dynamodb"] = {
            **TEMPLATE["dynamodb"],
            "NewImage": image,
            "SequenceNumber": number,
            "ApproximateCreationDateTime": created,
        }
        return record


def _mapping(function: str) -> dict[str, Any]:
    properties = resources("AWS::Serverless::Function")[f"{function}Function"]["Properties"]
    return dict(properties["Events"]["Outbox"]["Properties"])


def _matches(pattern: Any, value: Any) -> bool:
    """Return whether a value matches an event pattern: a list holds the allowed values."""
    if isinstance(pattern, list):
        return value in pattern
    return isinstance(value, dict) and all(_matches(each, value.get(name)) for name, each in pattern.items())
