"""All mutants, in a fixed order, and hunts for them on several processors: each process hunts a mutant at a time."""

from collections.abc import Generator, Sequence

from verification.simulator.mutants import guards, order, outbox, payment, recovery
from verification.simulator.mutants.hunt import Hunted, hunt
from verification.simulator.mutants.mutant import Mutant
from verification.simulator.workers import side_by_side

BY_HAND = (order, payment, outbox, recovery)


def everyone(issued: list[str]) -> list[Mutant]:
    """Give the mutants by hand, and one for each guard that was issued; what is masked comes last."""
    by_hand = [mutant for module in BY_HAND for mutant in (*module.MUTANTS, *module.MASKED)]
    return sorted([*by_hand, *guards.mutants(issued)], key=lambda mutant: bool(mutant.masked_by))


def hunts(issued: list[str], names: Sequence[str], seed: int, jobs: int) -> Generator[Hunted]:
    """Hunt the mutants of these names, and give what came of each as it is done; `issued` are all guards."""
    return side_by_side(jobs, _hunt, [(issued, name, seed) for name in names])


def _hunt(issued: list[str], name: str, seed: int) -> Hunted:
    """Hunt a mutant found by its name here, as what it changes cannot be sent to another process."""
    return hunt(next(mutant for mutant in everyone(issued) if mutant.name == name), seed)
