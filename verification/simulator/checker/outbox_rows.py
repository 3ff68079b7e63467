"""What must hold for the outbox: an event is set aside only while nothing can be done with it."""

from collections.abc import Iterator
from typing import Any

from verification.simulator.world.simulation import Simulation

BOOKKEEPING = ("undispatched",)  # the attribute of an event's row that may change
SET_ASIDE = "set aside"


class OutboxRows:
    """Checks the attribute of events that are set aside."""

    def __init__(self, sim: Simulation) -> None:
        self._sim = sim

    def recorded(self, event: Any) -> Iterator[str]:
        """Check that a new event is not set aside: nothing has been tried yet."""
        if "undispatched" in event:
            yield f"{event['eventType']} is recorded as {event['undispatched']}"

    def changed(self, before: Any, after: Any) -> Iterator[str]:
        """Check that only what cannot be read or published is set aside, and that it is taken back when it can."""
        name, event = after["eventType"], after["eventId"]
        if after.get("undispatched", SET_ASIDE) != SET_ASIDE:
            yield f"{name} is {after['undispatched']}"
        if "undispatched" in before and "undispatched" not in after:
            yield from self._taken_back(after)
        no_use = event in self._sim.bus.malformed | self._sim.unreadable
        if "undispatched" in after and "undispatched" not in before and not no_use:
            yield f"{name} is set aside, although trying again may help"

    def poison(self, _before: Any, after: Any) -> Iterator[str]:
        """Check that a write to a deleted row does not create it again."""
        if after is not None and "at" not in after:
            yield f"a deleted row came back: {after}"

    def _taken_back(self, event: Any) -> Iterator[str]:
        if event["eventId"] not in self._sim.bus.accepted:
            yield f"{event['eventType']} is taken back, but was not published"
        if event["startsSaga"] and event["eventId"] not in {run.name for run in self._sim.sfn.executions}:
            yield f"{event['eventType']} is taken back, but its saga was not started"
