"""How often each fault struck and each rule decided. One that never did was not tried: that is an error."""

from collections.abc import Iterator

from verification.model import effects, surroundings
from verification.model.explore import Explorer
from verification.model.rules import RULES, Bounds

TURNS = (
    surroundings.STARTS,
    surroundings.REDELIVERS,
    surroundings.CHARGES,
    surroundings.DECLINES,
    surroundings.CLOSES,
    surroundings.PARKS,
    surroundings.OVERTAKES,
    surroundings.RESUMES,
    surroundings.STARTS_ANEW,
    surroundings.STARTER_DIES,
    effects.SHORT,
    effects.RESPONSE_LOST,
    effects.FAILS_BEFORE,
    effects.GIVEN_UP,
    effects.EXECUTION_DIES,
)
# Rules that no action cites, since they say what does not happen or how a name is made.
UNCITED = frozenset(
    {
        "fences_kept",
        "recovery_looks_first",
        "recovery_numbered",
        "parks_numbered",
        "failed_unparks",
        "sweeper_sees_cancelling",
    }
)
# Rules against steps invoked out of turn: the state machine alone never needs them.
AGAINST_STRAYS = frozenset(
    {
        "release_as_read",
        "refund_as_read",
        "confirm_checks_reserved",
        "confirm_checks_charged",
        "refund_checks_cancelling",
        "release_checks_cancelling",
    }
)
AGAINST_TWINS = frozenset({"confirm_recorded"})
AGAINST_COMPANY = frozenset({"charge_from_intent"})
MANY = 2


def turns(bounds: Bounds) -> list[str]:
    """The faults, and other turns from outside, that these bounds make possible."""
    possible = {
        effects.LIVES_ON: bounds.late,
        surroundings.STRAY: bounds.strays,
        surroundings.COUNTS: bounds.recoveries,
    }
    return [*TURNS, *(turn for turn, room in possible.items() if room > 0)]


def rules(bounds: Bounds) -> list[str]:
    """The rules that some action must have cited."""
    beside = bounds.executions + bounds.late + bounds.strays  # at work while the saga is PENDING
    needless = {
        *UNCITED,
        *(AGAINST_STRAYS if not bounds.strays else ()),
        *(AGAINST_TWINS if beside < MANY else ()),
        *(AGAINST_COMPANY if beside + bounds.recoveries < MANY else ()),
    }
    return [rule for rule in RULES if rule not in needless]


def table(explorer: Explorer, bounds: Bounds) -> Iterator[str]:
    """The counts, a line each."""
    yield "faults and other turns, times taken"
    yield from (f"{explorer.turns[turn]:>13,}  {turn}" for turn in turns(bounds))
    yield "rules, times they decided"
    yield from (f"{explorer.rules[rule]:>13,}  {rule}" for rule in rules(bounds))


def untried(explorer: Explorer, bounds: Bounds) -> list[str]:
    """What these bounds make possible and the exploration never met."""
    turned = [turn for turn in turns(bounds) if not explorer.turns[turn]]
    return [*turned, *(rule for rule in rules(bounds) if not explorer.rules[rule])]
