"""The reason why a saga is cancelled or paused, for operators and for customers.

A reason has a code. To the code belongs the sentence that customers read. What is known besides, the cause, is for
operators: it may name roles, accounts or lines of code, so it is in the tables, in what the coordinator keeps of a run
and in the functions' logs, but in no response and not on the bus. What a customer wrote is shown to that customer and
to operators, and is in no log either.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sagakit.observability import MAX_CAUSE
from sagakit.saga import Saga

BY_CUSTOMER, DEADLINE_PASSED, EXECUTION_ABORTED = "CustomerCancelled", "DeadlinePassed", "ExecutionAborted"
SENTENCES = {
    BY_CUSTOMER: "It was cancelled on request.",
    DEADLINE_PASSED: "It could not be completed in time.",
    EXECUTION_ABORTED: "It was cancelled by our staff.",
}
TECHNICAL = {"reason": "TechnicalProblem", "message": "It could not be completed for a technical reason."}


@dataclass(frozen=True)
class Reason:
    """The name of an error or of a decision, the `cause` for operators, and the `text` that a customer wrote."""

    code: str
    cause: str = ""
    text: str = ""

    @property
    def detail(self) -> dict[str, str]:
        """The reason as an event's detail and a row have it."""
        return {"reason": self.code, "cause": self.cause, **({"text": self.text} if self.text else {})}


def caught(error: Mapping[str, str]) -> Reason:
    """Build the reason from a Catch's error output: the error's name, and the message inside Lambda's JSON."""
    return Reason(error["Error"], _message(error.get("Cause", ""))[:MAX_CAUSE])


def public(saga: Saga, code: str) -> dict[str, str]:
    """Return a reason as customers see it: a code that they may know, and its sentence."""
    sentence = {**SENTENCES, **{error.__name__: error.says for error in saga.refusals}}.get(code)
    return {"reason": code, "message": sentence} if sentence else TECHNICAL


def _message(cause: str) -> str:
    try:
        parsed: Any = json.loads(cause)
    except ValueError:
        return cause
    return str(parsed.get("errorMessage", cause)) if isinstance(parsed, dict) else cause
