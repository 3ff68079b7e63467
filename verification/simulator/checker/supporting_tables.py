"""What must hold for the gateway, its circuit breaker and the idempotency records."""

from collections.abc import Iterator
from typing import Any

from verification.simulator.world.simulation import Simulation

INTENT_TRANSITIONS = {
    None: {"created"},
    "created": {"created", "processing", "succeeded", "declined", "canceled"},
    "processing": {"processing", "succeeded", "declined"},
    "succeeded": {"succeeded"},
    "declined": {"declined", "canceled"},
    "canceled": {"canceled"},
}


class SupportingTables:
    """Checks changes of their rows."""

    def __init__(self, sim: Simulation) -> None:
        self.declined: set[str] = set()  # ids of intents
        self.charged: set[str] = set()  # ids of intents of which the whole amount was charged
        self._sim = sim

    def intent(self, before: Any, after: Any) -> Iterator[str]:
        """Check that the gateway only moves an intent forward."""
        if after is None or "amount" not in after:
            return
        old_status = before and before["status"]
        if after["status"] not in INTENT_TRANSITIONS[old_status]:
            yield f"an intent went from {old_status} to {after['status']}"
        if after["status"] == "declined":
            self.declined.add(after["id"])
        if after["taken"] == after["amount"]:
            self.charged.add(after["id"])

    def circuit(self, before: Any, after: Any) -> Iterator[str]:
        """Allow a probe when the circuit is open, or when the lease of the previous probe has expired."""
        if after["state"] != "HALF_OPEN" or before["state"] == "OPEN":
            return
        if before["state"] == "CLOSED" or before["probe_lease_expiry"] * 1000 > self._latest_time():
            yield f"a probe is sent to the gateway while its circuit is {before['state']}"

    def idempotency(self, before: Any, after: Any) -> Iterator[str]:
        """While a call runs or its response is kept, no function starts the same call."""
        if self._sim.current_call is None or before is None or after is None or after["status"] != "INPROGRESS":
            return
        until = before["expiration"] * 1000
        if before["status"] == "INPROGRESS":
            until = min(until, before["in_progress_expiration"])
        if until > self._latest_time():
            yield f"a call starts while the same call is {before['status']}"

    def _latest_time(self) -> int:
        return self._sim.clock.now() + self._sim.plan.skew
