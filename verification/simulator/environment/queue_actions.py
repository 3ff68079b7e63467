"""What may happen to messages: delivered twice or in another order, again after success, or dead for a while."""

from collections.abc import Iterator
from functools import partial

from verification.simulator.environment.outbox_actions import Action, Options
from verification.simulator.world.simulation import Simulation

TIMEOUT = 181_000  # milliseconds, after which every message is visible again


def _deliver(sim: Simulation) -> Iterator[Action]:
    """Deliver a batch, or only its first message."""
    for queue in sim.queues.queues.values():
        batch = queue.batch(sim.clock.true)
        yield from (partial(sim.queues.deliver, queue, batch[:size]) for size in (queue.batch_size, 1) if batch)


def _deliver_another(sim: Simulation) -> Iterator[Action]:
    """Deliver a message of a group that is not the first."""
    for queue in sim.queues.queues.values():
        groups = list(queue.groups(sim.clock.true))[1:]
        yield from (partial(sim.queues.deliver, queue, letters[:1]) for letters in groups)


def _duplicate(sim: Simulation) -> Iterator[Action]:
    for queue in sim.queues.queues.values():
        yield from (partial(sim.queues.duplicate, queue, letter) for letter in queue.letters)


def _redeliver(sim: Simulation) -> Iterator[Action]:
    for queue in sim.queues.queues.values():
        yield from (partial(sim.queues.duplicate, queue, letter) for letter in queue.handled)


def _dead_letter(sim: Simulation) -> Iterator[Action]:
    for queue in sim.queues.queues.values():
        yield from (partial(sim.queues.dead_letter, queue, letter) for letter in queue.letters)


QUEUE_ACTIONS: dict[str, Options] = {
    "queue delivers": _deliver,
    "message of another group": _deliver_another,
    "message duplicated": _duplicate,
    "message redelivered": _redeliver,
    "message dead-lettered": _dead_letter,
    "dead letters redriven": lambda sim: (
        partial(sim.queues.redrive, queue) for queue in sim.queues.queues.values() if queue.dead
    ),
    "messages visible again": lambda sim: [partial(sim.clock.advance, TIMEOUT)] if any(sim.queues.invisible()) else [],
}
