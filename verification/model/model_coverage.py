"""Counts of faults and rules. A fault that never happened, or a rule that never decided, is an error."""

from collections.abc import Iterator

from verification.model import effects, external
from verification.model.explore import Explorer
from verification.model.rules import RULES, Bounds

TRIGGERS = (
    external.STARTS,
    external.REDELIVERS,
    external.CHARGES,
    external.DECLINES,
    external.CANCELS,
    external.RESUMES,
    external.PARKS,
    external.UNPARKS,
    effects.PASSING,
    effects.FINAL,
    effects.OUT_OF_STOCK,
    effects.RESPONSE_LOST,
    effects.FAILS_BEFORE,
    effects.GIVEN_UP,
    effects.EXECUTION_DIES,
)
# Rules that no action cites, because they prevent something or determine a name.
UNCITED = frozenset(
    {
        "fences_kept",
        "processing_is_no_decline",
        "ending_unpauses",
        "parking_unpauses",
        "deadline_cancels",
        "patience_parks",
        "recovery_checks_first",
        "resumes_numbered",
        "parks_numbered",
        "failed_unparks",
        "sweeper_sees_pending",
        "sweeper_sees_cancelling",
        "sweeper_sees_paused",
    }
)
# Rules against steps invoked out of turn, which the state machine never needs.
AGAINST_STRAYS = frozenset(
    {
        "release_locked",
        "refund_locked",
        "confirm_checks_reserved",
        "confirm_checks_charged",
        "refund_checks_cancelling",
        "release_checks_cancelling",
    }
)
AGAINST_CONCURRENCY = frozenset({"confirm_recorded", "undoing_is_final"})
AGAINST_OTHER_EXECUTIONS = frozenset({"cancel_guard"})
MANY = 2


def triggers(bounds: Bounds) -> list[str]:
    """Return the faults and external events that these bounds make possible."""
    possible = {
        effects.LIVES_ON: bounds.late,
        external.STRAY: bounds.strays,
        external.OVERTAKES: bounds.executions - 1,
    }
    return [*TRIGGERS, *(trigger for trigger, limit in possible.items() if limit > 0)]


def rules(bounds: Bounds) -> list[str]:
    """Return the rules that some action must have cited."""
    concurrent = bounds.executions + bounds.late + bounds.strays
    not_needed = {
        *UNCITED,
        *(AGAINST_STRAYS if not bounds.strays else ()),
        *(AGAINST_CONCURRENCY if concurrent < MANY else ()),
        *(AGAINST_OTHER_EXECUTIONS if bounds.executions < MANY else ()),
    }
    return [rule for rule in RULES if rule not in not_needed]


def table(explorer: Explorer, bounds: Bounds) -> Iterator[str]:
    """Yield the counts, one line each."""
    yield "faults and external events, by how often they happened"
    yield from (f"{explorer.triggers[trigger]:>13,}  {trigger}" for trigger in triggers(bounds))
    yield "rules, by how often they decided"
    yield from (f"{explorer.rules[rule]:>13,}  {rule}" for rule in rules(bounds))


def missing(explorer: Explorer, bounds: Bounds) -> list[str]:
    """Return the faults and rules that these bounds make possible but the exploration never exercised."""
    never_happened = [trigger for trigger in triggers(bounds) if not explorer.triggers[trigger]]
    return [*never_happened, *(rule for rule in rules(bounds) if not explorer.rules[rule])]
