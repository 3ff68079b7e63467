"""The event bus: it takes what fits into its limits, and remembers it."""

import json
from typing import Any

from sagakit.relay.publishing import NEVER_ACCEPTED
from verification.simulator.dynamodb.in_memory_dynamodb import Refused

type Entry = dict[str, Any]

MAX_ENTRIES, MAX_BYTES = 10, 256 * 1024  # of a call to PutEvents
MALFORMED = min(NEVER_ACCEPTED)  # an error code


class Bus:
    """Remembers the ids of the events that it accepted, and of those that it will never take."""

    def __init__(self) -> None:
        self.accepted: set[str] = set()
        self.malformed: set[str] = set()

    def put(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer PutEvents."""
        entries = request["Entries"]
        if not 0 < len(entries) <= MAX_ENTRIES or sum(len(json.dumps(entry)) for entry in entries) > MAX_BYTES:
            raise Refused("ValidationException")
        answers = [self._answer(event_id(entry)) for entry in entries]
        return {"FailedEntryCount": sum("ErrorCode" in answer for answer in answers), "Entries": answers}

    def _answer(self, event: str) -> dict[str, str]:
        if event in self.malformed:
            return {"ErrorCode": MALFORMED, "ErrorMessage": MALFORMED}
        self.accepted.add(event)
        return {"EventId": "1"}


def event_id(entry: Entry) -> str:
    """Return the id of the event in an entry."""
    return str(json.loads(entry["Detail"])["eventId"])
