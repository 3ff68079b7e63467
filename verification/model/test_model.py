"""The protocol closes without a violation, and every rule left out is missed."""

from itertools import chain
from typing import NamedTuple

import pytest

from verification.model import census
from verification.model.__main__ import main
from verification.model.check import Verdict, check
from verification.model.rules import RULES, Bounds, without
from verification.model.story import tell

SMALL = Bounds(late=0)  # an execution, a recovery
TWINS = Bounds(executions=2, recoveries=0, late=0)
ZOMBIE = Bounds(recoveries=0, late=1)
STRAY = Bounds(recoveries=0, late=0, strays=1)


class Mutant(NamedTuple):
    """Rules left out, where that shows, and the invariant it breaks."""

    careless: str
    rules: tuple[str, ...]
    bounds: Bounds
    breaks: str


MUTANTS = (
    Mutant("V1 with V7: an empty release, and no door", ("release_as_read", "reserve_door"), ZOMBIE, "stock"),
    Mutant("V1: an empty release read before the decision", ("release_as_read",), STRAY, "stock"),
    Mutant("V2: FAILED without proof of the refund", ("fail_checks_refunded",), SMALL, "money"),
    Mutant("V2: FAILED without proof of the release", ("fail_checks_released",), SMALL, "stock"),
    Mutant("V3: the refund decides from a GET", ("cancel_decides",), ZOMBIE, "money"),
    Mutant("V4: an intent recorded behind the door", ("intent_door",), ZOMBIE, "money"),
    Mutant("V5: processing taken for nothing", ("processing_is_transient",), SMALL, "money"),
    Mutant(
        "V6, both: a decline neither final nor cancelled", ("confirm_keyed", "cancel_after_decline"), TWINS, "money"
    ),
    Mutant("V7: reserving without the door", ("reserve_door",), ZOMBIE, "stock"),
    Mutant("V8: a cancel that does not look at CONFIRMED", ("cancel_door",), SMALL, "one_outcome"),
    Mutant("V8 mirrored: a confirm that does not look at CANCELLING", ("confirm_door",), SMALL, "one_outcome"),
    Mutant("V9, both: stock read before the own row", ("own_row_first", "refusal_fence"), SMALL, "history"),
    Mutant("V10: event rows expire", ("fences_kept",), SMALL, "stock"),
    Mutant("reserving twice", ("reserve_fence",), SMALL, "stock"),
    Mutant("reserving after a refusal", ("refusal_fence",), SMALL, "history"),
    Mutant("releasing twice", ("release_fence",), SMALL, "stock"),
    Mutant("nothing to refund, read before the decision", ("refund_as_read",), STRAY, "history"),
    Mutant("a charge recorded over a refund", ("charge_from_intent",), SMALL, "history"),
    Mutant("a timeout taken for a charge", ("timeout_is_unknown",), SMALL, "money"),
    Mutant("CONFIRMED without proof of the stock", ("confirm_checks_reserved",), STRAY, "stock"),
    Mutant("CONFIRMED without proof of the charge", ("confirm_checks_charged",), STRAY, "money"),
    Mutant("F: an intent on record is confirmed for a cancelled order", ("charge_looks_first",), SMALL, "decision"),
    Mutant("I, both: each try confirms an intent of its own", ("create_keyed", "confirm_recorded"), TWINS, "money"),
    Mutant("I: already refunded taken for an error", ("already_refunded_is_done",), SMALL, "liveness"),
    Mutant("P: a refund for an order nobody cancelled", ("refund_checks_cancelling",), STRAY, "history"),
    Mutant("P: a release for an order nobody cancelled", ("release_checks_cancelling",), STRAY, "stock"),
    Mutant("B: a recovery that does not look", ("recovery_looks_first",), SMALL, "liveness"),
    Mutant("D: one name for all recoveries", ("recovery_numbered",), SMALL, "liveness"),
    Mutant("E: parked once only", ("parks_numbered",), SMALL, "liveness"),
    Mutant("FAILED and still parked", ("failed_unparks",), SMALL, "parked_is_visible"),
    Mutant("K: a sweeper that sees PENDING only", ("sweeper_sees_cancelling",), SMALL, "liveness"),
)


def verdict(bounds: Bounds, *left_out: str) -> Verdict:
    return check(without(*left_out), bounds, lambda _done, _known: None)


def story(found: Verdict) -> list[str]:
    return [] if found.violation is None else list(tell(found.explorer, found.violation))


@pytest.mark.parametrize("bounds", [SMALL, TWINS, ZOMBIE], ids=["small", "twins", "zombie"])
def test_the_protocol_closes_without_a_violation(bounds: Bounds) -> None:
    found = verdict(bounds)

    assert story(found) == []
    assert found.longest > 0


def test_every_fault_strikes_and_every_rule_decides() -> None:
    assert census.untried(verdict(SMALL).explorer, SMALL) == []


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.careless)
def test_a_rule_left_out_is_missed(mutant: Mutant) -> None:
    found = verdict(mutant.bounds, *mutant.rules)

    assert found.violation is not None
    assert found.violation.what.startswith(mutant.breaks)


def test_no_rule_is_without_a_mutant() -> None:
    assert set(chain.from_iterable(mutant.rules for mutant in MUTANTS)) == set(RULES)


def test_a_violation_is_told_by_its_shortest_schedule() -> None:
    first, *steps = story(verdict(ZOMBIE, "reserve_door"))[:9]

    assert first == "VIOLATION after 8 steps. stock: stock leaked: the order is done with it, and still holds it"
    assert steps[0].endswith("relay: starts an execution   [dispatched False → True]")
    assert steps[1].endswith("E1        ReserveInventory: reserve → times out, its invocation lives on; retried")
    assert steps[7].endswith("late E1   ReserveInventory: reserve → done   [stock 2 → 1, +InventoryReserved]")


def test_a_livelock_is_told_with_what_goes_round() -> None:
    lines = story(verdict(SMALL, "recovery_looks_first"))

    assert "  ↻             recovery: does not look at the order row" in lines


def test_the_command_answers_0_and_prints_the_states_explored(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--late", "0"]) == 0
    out = capsys.readouterr().out
    assert " states\n" in out
    assert "            0  violations\n" in out


def test_the_command_answers_1_for_a_violation(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--late", "0", "--without", "reserve_fence"]) == 1
    assert "VIOLATION after 3 steps. stock: the order holds 2 units" in capsys.readouterr().out
