"""The outbox's stream and the event bus: every event at least once, in whatever order, with whatever beside it."""

from __future__ import annotations

import copy
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.support.steps import sample

if TYPE_CHECKING:
    from verification.simulator.actors import Ended
    from verification.simulator.database import Change
    from verification.simulator.expressions import Item
    from verification.simulator.run import Run

MOST_ATTEMPTS = 6  # of a record: MaximumRetryAttempts and the first; then it goes to the failure queue
TEMPLATE = sample("relay_outbox")["Records"][0]

type Record = dict[str, Any]


class Bus:
    """Remembers whatever it accepted."""

    def __init__(self) -> None:
        self.accepted: set[str] = set()

    def put(self, request: Item) -> Item:
        """Answer PutEvents."""
        for entry in request["Entries"]:
            self.accepted.add(json.loads(entry["Detail"])["eventId"])
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in request["Entries"]]}


class Stream:
    """Records of the rows that were put into the events table, and what the relay did with them."""

    def __init__(self, run: Run) -> None:
        self.pending: list[Record] = []
        self.delivered: list[Record] = []
        self._attempts: Counter[str] = Counter()
        self._run = run
        self._number = 0

    def hear(self, change: Change) -> None:
        """Take in what was written; the mapping's filter lets INSERT through."""
        if change.before is None and change.after is not None:
            self.pending.append(self.record(change.after.wire))

    def record(self, image: Item) -> Record:
        """Make the record of a row."""
        self._number += 1
        record: Record = copy.copy(TEMPLATE)
        record["eventID"] = str(self._number)
        record["dynamodb"] = {**TEMPLATE["dynamodb"], "NewImage": image, "SequenceNumber": str(self._number)}
        return record

    def deliver(self, records: list[Record]) -> None:
        """Hand a batch to the relay."""
        for record in records:
            if record in self.pending:
                self.pending.remove(record)
            self._attempts[record["eventID"]] += 1
        self._run.act("relay", "RelayOutbox", {"Records": records}, lambda ended: self._answered(records, ended))

    def _answered(self, records: list[Record], ended: Ended) -> None:
        """Deliver again from the first record that failed on, as long as the mapping does."""
        failures = [] if ended.error else [each["itemIdentifier"] for each in ended.value["batchItemFailures"]]
        numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
        first = 0 if ended.error else min((numbers.index(number) for number in failures), default=len(records))
        self.delivered += records[:first]
        again = [record for record in records[first:] if self._attempts[record["eventID"]] < MOST_ATTEMPTS]
        self.pending[:0] = again
        self._run.tally.hit("relay", "reported a failed record" if failures else "took every record")
