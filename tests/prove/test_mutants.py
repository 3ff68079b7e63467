"""That the explorer finds what is broken, and tells it in a few lines."""

from string import ascii_uppercase

from tests.prove.mutants.everyone import BY_HAND
from tests.prove.mutants.hazards import GUARD, MUTANTS_OF
from tests.prove.mutants.hunt import hunt

MUTANTS = {mutant.name: mutant for module in BY_HAND for mutant in module.MUTANTS}


def test_an_order_without_its_event_is_found_and_told_in_a_few_lines() -> None:
    violation = hunt(MUTANTS["order and event are two writes"], seed=1).violation
    assert violation
    assert violation.found[0].endswith("is PENDING without an event that says started")
    assert len(violation.story) < 10


def test_every_hazard_has_a_mutant() -> None:
    known = {f"V{number}" for number in range(1, 11)} | set(ascii_uppercase[: ascii_uppercase.index("P") + 1])
    assert {hazard.split()[0] for hazard in MUTANTS_OF} == known
    assert all(name in MUTANTS or name.startswith(GUARD) for names in MUTANTS_OF.values() for name in names)
