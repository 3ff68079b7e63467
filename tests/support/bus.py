"""A fake event bus that keeps the entries it accepts, and refuses chosen types for good or a few times."""

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Bus:
    """Responds to PutEvents as EventBridge does: 200, with a count of the refused entries."""

    taken: list[dict[str, Any]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    code: str = "InternalFailure"  # of a refusal
    refusals: int = 1_000  # that are left
    calls: list[list[str]] = field(default_factory=list)  # the types in each call

    def put_events(self, **request: list[dict[str, Any]]) -> dict[str, Any]:
        """Accept the entries, except those of a refused type."""
        self.calls.append([entry["DetailType"] for entry in request["Entries"]])
        results = [self._put(entry) for entry in request["Entries"]]
        return {"FailedEntryCount": sum("ErrorCode" in result for result in results), "Entries": results}

    def _put(self, entry: dict[str, Any]) -> dict[str, str]:
        if entry["DetailType"] in self.refused and self.refusals:
            self.refusals -= 1
            return {"ErrorCode": self.code, "ErrorMessage": "refused"}
        self.taken.append(entry)
        return {"EventId": str(len(self.taken))}

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The messages that subscribers receive."""
        return [json.loads(entry["Detail"]) for entry in self.taken]
