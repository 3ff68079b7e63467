"""The outbox's stream and the event bus: at-least-once delivery, in any order."""

import copy
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.support.steps import sample
from verification.simulator.dynamodb.in_memory_dynamodb import Change
from verification.simulator.world.scheduler import Result

if TYPE_CHECKING:
    from verification.simulator.world.simulation import Simulation

MAX_ATTEMPTS = 6  # of a record: the first one and MaximumRetryAttempts; then it goes to the failure queue
TEMPLATE = sample("relay_outbox")["Records"][0]

# Malformed rows and records, which the functions never write.
POISON, DELETED = "poison", "00000000-0000-4000-8000-00000000dead"
NOT_AN_EVENT: dict[str, Any] = {"nonsense": {"S": "yes"}}

type Record = dict[str, Any]


class Bus:
    """Remembers the ids of the events that it accepted."""

    def __init__(self) -> None:
        self.accepted: set[str] = set()

    def put(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer PutEvents."""
        self.accepted |= {json.loads(entry["Detail"])["eventId"] for entry in request["Entries"]}
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in request["Entries"]]}


class Stream:
    """The stream records of the events table, and their delivery to the relay."""

    def __init__(self, sim: "Simulation") -> None:
        self.pending: list[Record] = []
        self.delivered: list[Record] = []
        self._attempts: Counter[str] = Counter()
        self._sim = sim
        self._last_number = 0

    def observe(self, change: Change) -> None:
        """Add a record for a new row: the mapping's filter selects INSERT."""
        if change.before is None and change.after is not None:
            self.pending.append(self.record(change.after.wire))

    def record(self, image: dict[str, Any]) -> Record:
        """Return a record with the image of a row."""
        self._last_number += 1
        number = str(self._last_number)
        record: Record = copy.copy(TEMPLATE)
        record["eventID"] = number
        record["dynamodb"] = {**TEMPLATE["dynamodb"], "NewImage": image, "SequenceNumber": number}
        return record

    def deliver(self, records: list[Record]) -> None:
        """Invoke the relay with a batch."""

        def on_end(result: Result) -> None:
            first = 0 if result.error else _first_failure(records, result.value["batchItemFailures"])
            self.delivered += records[:first]
            retried = [record for record in records[first:] if self._attempts[record["eventID"]] < MAX_ATTEMPTS]
            self.pending[:0] = retried

        for record in records:
            if record in self.pending:
                self.pending.remove(record)
            self._attempts[record["eventID"]] += 1
        self._sim.invoke("relay", "RelayOutbox", {"Records": records}, on_end)


def _first_failure(records: list[Record], failures: list[dict[str, str]]) -> int:
    """Return the index of the first failed record. The mapping retries from there."""
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    return min((numbers.index(failure["itemIdentifier"]) for failure in failures), default=len(records))


def poison_row(shard: str, attempts: int) -> dict[str, Any]:
    """Return a row that is first in the outbox but isn't an event, after some failed attempts."""
    return {"orderId": POISON, "eventType": shard, "undispatched": shard, "at": 1, "attempts": attempts}


def deleted_event(*, starts_saga: bool) -> dict[str, Any]:
    """Return the image of an event, in wire format, whose row no longer exists."""
    return {
        "orderId": {"S": DELETED},
        "eventType": {"S": "OrderPlaced"},
        "eventId": {"S": f"{DELETED}-OrderPlaced"},
        "at": {"N": "1"},
        "detail": {"M": {}},
        "startsSaga": {"BOOL": starts_saga},
    }
