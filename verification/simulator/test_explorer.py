"""The simulator itself: a small exploration, the search for mutants, and the trace."""

from string import ascii_uppercase

from verification.simulator.__main__ import run
from verification.simulator.coverage_counts import Coverage
from verification.simulator.faults.fault_injection import FAULT_NAMES
from verification.simulator.mutants.all_mutants import BY_HAND
from verification.simulator.mutants.guard_survey import GuardSurvey
from verification.simulator.mutants.hazards import MUTANTS_OF
from verification.simulator.mutants.hunt import hunt
from verification.simulator.names.saga_table import COORDINATED
from verification.simulator.profiles.all_profiles import PROFILES
from verification.simulator.schedule.deviations import ENVIRONMENT_NAMES
from verification.simulator.world.trace import Trace


def test_an_order_without_its_event_is_found_with_a_short_trace() -> None:
    violation = hunt(BY_HAND["order and event are two writes"], seed=1).violation
    assert violation
    assert violation.found[0].endswith("is PENDING without an event that says started")
    assert len(violation.trace) < 10


def test_every_hazard_has_a_mutant() -> None:
    known = {f"V{number}" for number in range(1, 11)} | set(ascii_uppercase[: ascii_uppercase.index("U") + 1])
    assert {hazard.split()[0] for hazard in MUTANTS_OF} == known
    assert all(name in BY_HAND or name.startswith("without ") for names in MUTANTS_OF.values() for name in names)


def test_every_mutant_made_by_hand_changes_something_that_exists() -> None:
    for mutant in BY_HAND.values():
        with mutant.change():
            pass


def test_a_mutant_is_hunted_where_its_guards_alone_refuse_most_calls() -> None:
    coverage = {name: Coverage() for name in PROFILES}
    coverage["LATE"].refusals.update({frozenset({"a"}): 2})
    coverage["GATEWAY"].refusals.update({frozenset({"a"}): 1, frozenset({"a", "b"}): 5})
    coverage["OUTBOX"].guards.update({"a": 9, "b": 9})
    survey = GuardSurvey(coverage)
    assert survey.best_profiles(["a"])[:3] == ["LATE", "GATEWAY", "OUTBOX"]
    assert survey.best_profiles(["a", "b"])[:3] == ["GATEWAY", "LATE", "OUTBOX"]
    assert survey.best_profiles(["b"])[:2] == ["GATEWAY", "OUTBOX"]


def test_every_profile_names_existing_faults_and_environment_actions() -> None:
    for profile in PROFILES.values():
        assert {*profile.environment, *profile.always} <= {*ENVIRONMENT_NAMES}
        assert {*profile.faults} <= {*FAULT_NAMES, *ENVIRONMENT_NAMES}


def test_no_schedule_of_a_sample_violates_an_invariant() -> None:
    assert run(schedules=60, seed=1, jobs=2, sagas=COORDINATED, quiet=True) == 0


def traced(*events: str) -> list[str]:
    trace = Trace()
    for event in events:
        trace.add("client", event)
    return list(trace.lines())


def test_a_trace_numbers_its_lines() -> None:
    assert traced("asks", "gets 202") == ["   1  client  asks", "   2  client  gets 202"]


def test_a_trace_prints_a_repeated_block_once() -> None:
    assert traced("begins", *3 * ("asks", "gets 202"), "ends") == [
        "   1  client  begins",
        "   2  client  asks",
        "   3  client  gets 202",
        "      … lines 2 to 3 repeat 2 more times",
        "   8  client  ends",
    ]


def test_a_trace_treats_executions_alike_that_do_the_same() -> None:
    trace = Trace()
    for number in range(3):
        trace.add(f"E{number} order A", "ends FAILED")
    assert len(list(trace.lines())) == 2


def test_a_trace_prints_a_line_twice_that_occurs_twice() -> None:
    assert len(traced("asks", "asks")) == 2
