"""What must hold for the outbox: an event is on its index until its saga is started, or it is set aside."""

from collections.abc import Iterator
from typing import Any

from verification.simulator.world.simulation import Simulation

BOOKKEEPING = ("undispatched", "attempts")  # the attributes of an event's row that may change
MAX_ATTEMPTS = 10
SET_ASIDE = "set aside"


class OutboxRows:
    """Checks the bookkeeping attributes of events."""

    def __init__(self, sim: Simulation) -> None:
        self._sim = sim

    def recorded(self, event: Any) -> Iterator[str]:
        """Check that a new event that starts a saga can be found until it has."""
        if event["startsSaga"] != event.get("undispatched", "").startswith("u#"):
            yield f"{event['eventType']} is recorded, but the index of undispatched events disagrees"

    def changed(self, before: Any, after: Any) -> Iterator[str]:
        """Check a change of the bookkeeping attributes."""
        name = after["eventType"]
        if "undispatched" in before and "undispatched" not in after:
            yield from self._dispatched(after)
            if before["undispatched"] == SET_ASIDE and after["eventId"] not in self._sim.bus.accepted:
                yield f"{name} is taken back, but was not published"
        if after.get("undispatched") == SET_ASIDE != before.get("undispatched"):
            refused = after["eventId"] in self._sim.bus.malformed | self._sim.unreadable
            if not refused and after.get("attempts", 0) < MAX_ATTEMPTS:
                yield f"{name} is set aside, although trying again may help"
        if before.get("attempts", 0) < after.get("attempts", 0):
            yield from self._counted(name)

    def poison(self, _before: Any, after: Any) -> Iterator[str]:
        """Check that a write to a deleted row does not create it again, and that nothing is tried for ever."""
        if after is not None and "at" not in after:
            yield f"a deleted row came back: {after}"
        # A sweeper that crashes between its two writes only counts, and one whose response is lost counts twice.
        elif after is not None and after.get("attempts", 0) > MAX_ATTEMPTS + 2 * self._sim.faults.total():
            yield f"an event that cannot be started was tried {after['attempts']} times"

    def _dispatched(self, event: Any) -> Iterator[str]:
        names = {execution.name for execution in self._sim.sfn.executions}
        if event["startsSaga"] and event["eventId"] not in names:
            yield f"{event['eventType']} is marked dispatched, but its saga was not started"

    def _counted(self, name: str) -> Iterator[str]:
        """Check that a failure counts only if the same sweep started another saga: it may be an outage."""
        running = self._sim.scheduler.running
        if running and running not in self._sim.sfn.starters:
            yield f"a failed start of {name} counts, although nothing else could be started"
