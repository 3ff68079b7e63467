"""What must hold of those who help the saga: the gateway, its circuit, and the records of idempotency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verification.simulator.run import Run

INTENT_NEXT = {
    None: {"created"},
    "created": {"created", "processing", "succeeded", "declined", "canceled"},
    "processing": {"processing", "succeeded", "declined"},
    "succeeded": {"succeeded"},
    "declined": {"declined", "canceled"},
    "canceled": {"canceled"},
}


class Helpers:
    """Sees what becomes of their rows, and tells what is wrong."""

    def __init__(self, run: Run) -> None:
        self.declined: set[str] = set()  # intents to which the gateway said no
        self._run = run

    def intent(self, before: Any, after: Any) -> Iterator[str]:
        """The gateway moves an intent forward only."""
        if after is None or "amount" not in after:
            return
        was = before and before["status"]
        if after["status"] not in INTENT_NEXT[was]:
            yield f"an intent went from {was} to {after['status']}"
        if after["status"] == "declined":
            self.declined.add(after["id"])

    def circuit(self, before: Any, after: Any) -> Iterator[str]:
        """A probe is let through when the circuit is open, or when the one before has had its time."""
        if after["state"] != "HALF_OPEN" or before["state"] == "OPEN":
            return
        now = self._run.clock.now() + self._run.plan.skew
        if before["state"] == "CLOSED" or before["probe_lease_expiry"] * 1000 > now:
            yield f"a probe is sent to the gateway while its circuit is {before['state']}"

    def idempotency(self, before: Any, after: Any) -> Iterator[str]:
        """While a call goes on, and as long as its answer is kept, nobody else begins it, whatever fate does."""
        if self._run.serving is None or before is None or after is None or after["status"] != "INPROGRESS":
            return
        now = self._run.clock.now() + self._run.plan.skew
        until = before["expiration"] * 1000
        if before["status"] == "INPROGRESS":
            until = min(until, before["in_progress_expiration"])
        if until > now:
            yield f"a call begins while the same call is {before['status']}"
