"""The protocol has no violation, and leaving out any rule causes one."""

from itertools import chain
from typing import NamedTuple

import pytest

from verification.model import model_coverage
from verification.model.__main__ import main
from verification.model.counterexample import describe
from verification.model.rules import RULES, Bounds, without
from verification.model.verdict import Verdict, check

SMALL = Bounds(late=0)  # two executions
ZOMBIE = Bounds(executions=1, late=1)
STRAY = Bounds(executions=1, late=0, strays=1)


class Mutant(NamedTuple):
    """Rules to leave out, the bounds that reveal their absence, and the invariant that is violated."""

    name: str
    rules: tuple[str, ...]
    bounds: Bounds
    violates: str


MUTANTS = (
    Mutant("V1 with V7: an empty release, and no guard", ("release_locked", "reserve_guard"), STRAY, "stock"),
    Mutant("V1: an empty release read before the decision", ("release_locked",), STRAY, "stock"),
    Mutant("V2: FAILED without proof of the refund", ("fail_checks_refunded",), SMALL, "money"),
    Mutant("V2: FAILED without proof of the release", ("fail_checks_released",), SMALL, "stock"),
    Mutant("V3: the refund decides from a GET", ("cancel_decides",), ZOMBIE, "money"),
    Mutant("V4: an intent recorded without the guard", ("intent_guard",), ZOMBIE, "money"),
    Mutant("V5: processing treated as nothing", ("processing_is_transient",), SMALL, "money"),
    Mutant("V6, both: a decline not final, not cancelled", ("confirm_keyed", "cancel_after_decline"), SMALL, "money"),
    Mutant("V7: reserving without the guard", ("reserve_guard",), STRAY, "stock"),
    Mutant("V8: a cancel that ignores CONFIRMED", ("cancel_guard",), SMALL, "one_outcome"),
    Mutant("V8 mirrored: a confirm that ignores CANCELLING", ("confirm_guard",), SMALL, "one_outcome"),
    Mutant("V9, both: stock read before the own row", ("own_row_first", "refusal_locked"), SMALL, "history"),
    Mutant("V10: event rows expire", ("fences_kept",), SMALL, "stock"),
    Mutant("reserving twice", ("reserve_fence",), SMALL, "stock"),
    Mutant("refusing what was reserved meanwhile", ("refusal_locked",), SMALL, "history"),
    Mutant("releasing twice", ("release_fence",), SMALL, "stock"),
    Mutant("nothing to refund, read before the decision", ("refund_locked",), STRAY, "history"),
    Mutant("a charge recorded over a refund", ("undoing_is_final",), SMALL, "history"),
    Mutant("a timeout treated as a charge", ("timeout_is_unknown",), SMALL, "money"),
    Mutant("CONFIRMED without proof of the stock", ("confirm_checks_reserved",), STRAY, "stock"),
    Mutant("CONFIRMED without proof of the charge", ("confirm_checks_charged",), STRAY, "money"),
    Mutant("F: an intent on record is confirmed for a cancelled order", ("charge_checks_first",), SMALL, "decision"),
    Mutant("I, both: each attempt confirms its own intent", ("create_keyed", "confirm_recorded"), SMALL, "money"),
    Mutant("I: already refunded treated as an error", ("already_refunded_is_done",), SMALL, "liveness"),
    Mutant("P: a refund for an order that is not cancelled", ("refund_checks_cancelling",), STRAY, "history"),
    Mutant("P: a release for an order that is not cancelled", ("release_checks_cancelling",), STRAY, "stock"),
    Mutant("an outage cancels the order", ("outage_pauses",), SMALL, "patience"),
    Mutant("a resume of a PENDING order cancels it", ("resume_keeps_pending",), SMALL, "patience"),
    Mutant("processing treated as a decline", ("processing_is_no_decline",), SMALL, "patience"),
    Mutant("a pause of an order that has ended", ("pause_checks_open",), ZOMBIE, "paused_is_open"),
    Mutant("a pause of a parked order", ("pause_checks_parked",), ZOMBIE, "paused_is_open"),
    Mutant("ended and still paused", ("ending_unpauses",), SMALL, "paused_is_open"),
    Mutant("parked and still paused", ("parking_unpauses",), SMALL, "paused_is_open"),
    Mutant("a PENDING order without a deadline", ("deadline_cancels",), SMALL, "liveness"),
    Mutant("a CANCELLING order without a limit of patience", ("patience_parks",), SMALL, "liveness"),
    Mutant("B: a recovery that does not check first", ("recovery_checks_first",), SMALL, "liveness"),
    Mutant("D: one name for all resumes", ("resumes_numbered",), SMALL, "liveness"),
    Mutant("E: parked only once", ("parks_numbered",), SMALL, "liveness"),
    Mutant("FAILED and still parked", ("failed_unparks",), SMALL, "parked_is_visible"),
    Mutant("K: a sweeper that sees only PENDING", ("sweeper_sees_cancelling",), SMALL, "liveness"),
    Mutant("a sweeper that sees only CANCELLING", ("sweeper_sees_pending",), SMALL, "liveness"),
    Mutant("a sweeper that does not see paused orders", ("sweeper_sees_paused",), SMALL, "liveness"),
)


def verdict(bounds: Bounds, *left_out: str) -> Verdict:
    return check(without(*left_out), bounds, lambda _done, _found: None)


def counterexample(found: Verdict) -> list[str]:
    return [] if found.violation is None else list(describe(found.explorer, found.violation))


@pytest.mark.parametrize("bounds", [SMALL, ZOMBIE, STRAY], ids=["small", "zombie", "stray"])
def test_the_protocol_has_no_violation(bounds: Bounds) -> None:
    found = verdict(bounds)

    assert counterexample(found) == []
    assert found.longest > 0


@pytest.mark.parametrize("bounds", [SMALL, ZOMBIE], ids=["small", "zombie"])
def test_every_fault_and_every_rule_is_exercised(bounds: Bounds) -> None:
    assert model_coverage.missing(verdict(bounds).explorer, bounds) == []


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_leaving_out_a_rule_causes_a_violation(mutant: Mutant) -> None:
    found = verdict(mutant.bounds, *mutant.rules)

    assert found.violation is not None
    assert found.violation.message.startswith(mutant.violates)


def test_every_rule_has_a_mutant() -> None:
    assert set(chain.from_iterable(mutant.rules for mutant in MUTANTS)) == set(RULES)


def test_a_violation_is_described_by_its_shortest_schedule() -> None:
    first, *steps = counterexample(verdict(ZOMBIE, "intent_guard"))

    assert first == "VIOLATION after 18 steps. money: FAILED while the gateway may still charge"
    assert steps[0].endswith("stream or sweeper: starts an execution   [started False → True]")
    assert steps[6].endswith("ProcessPayment: record intent → times out, but its invocation lives on; retried")
    assert steps[17].endswith("late E1   ProcessPayment: confirm intent   [intents ('created',) → ('processing',)]")


def test_an_outage_that_cancels_is_described() -> None:
    first, *steps = counterexample(verdict(SMALL, "outage_pauses"))

    assert first == "VIOLATION after 3 steps. patience: the order was cancelled for a technical reason"
    assert steps[1].endswith("E1        ReserveInventory: reserve → retries used up → CancelOrder")


def test_a_paused_order_that_the_sweeper_does_not_see_is_described() -> None:
    first, *steps = counterexample(verdict(SMALL, "sweeper_sees_paused"))

    assert first == "VIOLATION after 3 steps. liveness: nothing can happen any more, and the order is PENDING"
    assert steps[2].endswith("E1        PauseOrder: pause → done → the execution ends   [paused False → True]")


def test_an_order_that_nothing_ends_while_the_gateway_never_settles_is_described() -> None:
    first, *steps = counterexample(verdict(SMALL, "deadline_cancels"))

    assert first == "VIOLATION after 7 steps. liveness: if the gateway never settles, the order is PENDING for ever"
    assert steps[6].endswith("E1        ProcessPayment: confirm intent   [intents ('created',) → ('processing',)]")


def test_a_livelock_is_described_with_its_cycle() -> None:
    lines = counterexample(verdict(SMALL, "recovery_checks_first"))

    assert "  ↻             recovery: does not check the order row" in lines


def test_the_command_exits_with_0_and_prints_the_number_of_states(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--late", "0"]) == 0
    out = capsys.readouterr().out
    assert " states\n" in out
    assert "            0  violations\n" in out


def test_the_command_exits_with_1_for_a_violation(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--late", "0", "--without", "reserve_fence"]) == 1
    assert "VIOLATION after 3 steps. stock: the order holds 2 units" in capsys.readouterr().out
