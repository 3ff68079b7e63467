"""A fake event bus that keeps the entries it accepts and refuses chosen types."""

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Bus:
    """Responds to PutEvents as EventBridge does: 200, with a count of the refused entries."""

    taken: list[dict[str, Any]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    def put_events(self, **request: list[dict[str, Any]]) -> dict[str, Any]:
        """Accept the entries, except those of a refused type."""
        results = [self._put(entry) for entry in request["Entries"]]
        return {"FailedEntryCount": sum("ErrorCode" in result for result in results), "Entries": results}

    def _put(self, entry: dict[str, Any]) -> dict[str, str]:
        if entry["DetailType"] in self.refused:
            return {"ErrorCode": "InternalFailure", "ErrorMessage": "refused"}
        self.taken.append(entry)
        return {"EventId": str(len(self.taken))}

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The messages that subscribers receive."""
        return [json.loads(entry["Detail"]) for entry in self.taken]
