"""All mutants in a fixed order, and their hunts in several processes."""

from collections.abc import Generator, Sequence
from contextlib import nullcontext

from verification.simulator.mutants import (
    order_mutants,
    outbox_mutants,
    patience_mutants,
    payment_mutants,
    queue_mutants,
    recovery_mutants,
    return_mutants,
    row_mutants,
    set_aside_mutants,
    stale_read_mutants,
    stock_mutants,
)
from verification.simulator.mutants.guard_mutants import guard_mutants
from verification.simulator.mutants.guard_survey import GuardSurvey
from verification.simulator.mutants.hunt import Hunt, hunt
from verification.simulator.mutants.mutant import Mutant
from verification.simulator.names.saga_table import HAS_QUEUES
from verification.simulator.worker_pool import in_parallel

MODULES = (
    order_mutants,
    row_mutants,
    payment_mutants,
    patience_mutants,
    outbox_mutants,
    set_aside_mutants,
    recovery_mutants,
    return_mutants,
    stale_read_mutants,
    stock_mutants,
)
OF_QUEUES = [mutant.name for mutant in queue_mutants.MUTANTS]
BY_HAND = {mutant.name: mutant for module in (*MODULES, queue_mutants) for mutant in module.MUTANTS}


def all_mutants(survey: GuardSurvey) -> list[Mutant]:
    """Return the mutants made by hand, and one for each guard; the masked ones come last.

    The guards are the same with both coordinators, so they are hunted with one of them.
    """
    if HAS_QUEUES:
        return [BY_HAND[name] for name in OF_QUEUES]
    by_hand = [mutant for name, mutant in BY_HAND.items() if name not in OF_QUEUES]
    return sorted([*by_hand, *guard_mutants(survey)], key=lambda mutant: bool(mutant.masked_by))


def hunt_in_parallel(mutants: Sequence[Mutant], seed: int, jobs: int) -> Generator[Hunt]:
    """Hunt each mutant, and yield each result when it is ready."""
    # A patch cannot be sent to another process, so a mutant made by hand is sent by its name.
    return in_parallel(jobs, _hunt, [(each if each.change is nullcontext else each.name, seed) for each in mutants])


def _hunt(mutant: Mutant | str, seed: int) -> Hunt:
    return hunt(BY_HAND[mutant] if isinstance(mutant, str) else mutant, seed)
