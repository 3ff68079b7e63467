"""All mutants, in a fixed order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.prove.mutants import guards, order, outbox, payment, recovery

if TYPE_CHECKING:
    from tests.prove.mutants.mutant import Mutant


def everyone(issued: list[str]) -> list[Mutant]:
    """Give the mutants by hand, and one for each guard that was issued; what is masked comes last."""
    by_hand = [mutant for module in (order, payment, outbox, recovery) for mutant in module.MUTANTS]
    masked = [mutant for module in (order, payment, outbox, recovery) for mutant in module.MASKED]
    return sorted([*by_hand, *guards.mutants(issued), *masked], key=lambda mutant: bool(mutant.masked_by))
