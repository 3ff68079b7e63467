"""What must hold for messages: a saga is passed on only when its state is done, and a group is handled in order."""

from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from sagakit.queues.message import Message
from sagakit.saga import Status
from verification.simulator.names.saga_table import CANCEL, FORWARD_STATES, SAGA, START
from verification.simulator.world.queues import Letter, Rules, Work, identity
from verification.simulator.world.simulation import Simulation


class MessageRules(Rules):
    """Checks what is sent, what is dropped and how workers answer."""

    def __init__(self, sim: Simulation) -> None:
        self._sim = sim

    def sent(self, message: Message) -> None:
        """Check that what comes before the state is on record, unless somebody called a state out of turn."""
        self._report(message, self._too_early(message))

    def dropped(self, message: Message, earlier: Message) -> None:
        """Check that the message that was sent before does the same."""
        if identity(message) != identity(earlier):
            self._report(message, [f"is dropped, because {earlier.state} of {earlier.run} was sent"])

    def answered(self, work: Work, letters: list[Letter], returned: list[Letter]) -> None:
        """Check what is returned to the queue, and what is not."""
        failed, handled = set[str](), [*work.errors]
        for letter in letters:
            message = letter.message
            error = handled.pop(0)[1] if handled and handled[0][0] == message else None
            if letter in returned:
                self._report(message, _returned(message, error, work, behind=message.saga_id in failed))
                failed.add(message.saga_id)
            elif message.saga_id in failed:
                self._report(message, ["is handled, although a message before it was returned"])
            elif error is None:
                self._report(message, ["is acknowledged, but was not handled"])
            elif not work.sent[message.saga_id]:
                self._report(message, self._ends(message))

    def _too_early(self, message: Message) -> Iterator[str]:
        if message.saga_id in self._sim.called_out_of_turn:
            return
        events = {event["eventType"] for event in self._events(message)}
        if message.state in FORWARD_STATES:
            done = [step.event for step in SAGA.forward[: FORWARD_STATES.index(message.state)]]
            yield from (f"is sent before {event}" for event in done if event not in events)
        elif message.state not in (START, CANCEL):
            before = takewhile(lambda undo: undo.state != message.state, SAGA.compensations)
            missing = [undo for undo in before if undo.event not in events and undo.state not in message.failures]
            yield from (f"is sent before {undo.event}" for undo in missing)

    def _ends(self, message: Message) -> Iterator[str]:
        """Check that a saga of which no message is sent has ended or waits, or that a later event starts it again.

        A cancelled saga does not wait for a forward step that gives up: it stays due, so the sweeper resumes it.
        """
        starts = sorted((event["at"], event["eventId"]) for event in self._events(message) if event["startsSaga"])
        for row in (row for row in self._sim.rows("SAGAS") if row["orderId"] == message.saga_id):
            gives_up = row["status"] == Status.CANCELLING and message.state in FORWARD_STATES
            if "open" in row and "paused" not in row and starts[-1][1] == message.run and not gives_up:
                yield "is acknowledged, but no message follows"

    def _events(self, message: Message) -> list[Any]:
        return [event for event in self._sim.rows("EVENTS") if event["orderId"] == message.saga_id]

    def _report(self, message: Message, problems: Iterator[str] | list[str]) -> None:
        name = self._sim.trace.order_name(message.saga_id)
        self._sim.violations += [f"{message.state} of {name} {problem}" for problem in problems]


def _returned(message: Message, error: str | None, work: Work, *, behind: bool) -> Iterator[str]:
    """Check that a message is returned only if another one of its group was, or if trying again may help."""
    if behind:
        if error is not None:
            yield "is handled, although a message before it was returned"
    elif error is None:
        yield "is returned, but was not handled"
    elif error in message.stop.caught and not work.sending[message.saga_id]:
        yield f"is tried again after {error}, which is final"
