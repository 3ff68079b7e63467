"""An event bus that keeps what it took, and refuses what it is told to."""

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Bus:
    """Answers PutEvents as EventBridge does: 200, with a count of the entries that it refused."""

    taken: list[dict[str, Any]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    def put_events(self, **request: list[dict[str, Any]]) -> dict[str, Any]:
        """Take the entries, but for those of a type that it refuses."""
        answers = [self._put(entry) for entry in request["Entries"]]
        return {"FailedEntryCount": sum("ErrorCode" in answer for answer in answers), "Entries": answers}

    def _put(self, entry: dict[str, Any]) -> dict[str, str]:
        if entry["DetailType"] in self.refused:
            return {"ErrorCode": "InternalFailure", "ErrorMessage": "refused"}
        self.taken.append(entry)
        return {"EventId": str(len(self.taken))}

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What subscribers get."""
        return [json.loads(entry["Detail"]) for entry in self.taken]
