"""The reason why a saga is cancelled or paused."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sagakit.observability import MAX_CAUSE


@dataclass(frozen=True)
class Reason:
    """The name of an error, and a sentence for people to read."""

    code: str
    cause: str

    @property
    def detail(self) -> dict[str, str]:
        """The reason as an event's detail and a row have it."""
        return {"reason": self.code, "cause": self.cause}


def caught(error: Mapping[str, str]) -> Reason:
    """Build the reason from a Catch's error output: the error's name, and the message inside Lambda's JSON."""
    return Reason(error["Error"], _message(error.get("Cause", ""))[:MAX_CAUSE])


def _message(cause: str) -> str:
    try:
        parsed: Any = json.loads(cause)
    except ValueError:
        return cause
    return str(parsed.get("errorMessage", cause)) if isinstance(parsed, dict) else cause
