"""A mutant for every guard that the functions give to DynamoDB: it lets everything pass.

What the kit demands of every step alike is one guard: it is taken from all of them at once.
"""

import re
from collections.abc import Iterator, Sequence

from verification.simulator import circuits, races, step_races, themes
from verification.simulator.choices import Focus
from verification.simulator.expected import BEHIND_OTHERS
from verification.simulator.labels import role
from verification.simulator.mutants.mutant import Mutant
from verification.simulator.search import search
from verification.simulator.table import OUTCOMES
from verification.simulator.tally import Tally

SCHEDULES = 400  # in which every guard is asked at least once


def _with(outcome: str, races: Sequence[Focus]) -> Sequence[Focus]:
    """Choose the races with an event that says this."""
    return tuple(race for race in races if OUTCOMES[race.sites[0].partition(": ")[2]] == outcome)


# Where to look for the guards whose names match.
HINTS: Sequence[tuple[str, Sequence[Focus]]] = (
    *(
        (f"^{each}: sagas|^cancelling: no {each}", _with(each, step_races.MEANWHILE))
        for each in ("done", "refused", "intended")
    ),
    *((f"^{each}: status", _with(each, step_races.SETTLED_MEANWHILE)) for each in ("done", "refused")),
    ("^undone: status", (*step_races.SETTLED_MEANWHILE, themes.ZOMBIES)),
    ("^done: no", step_races.DONE_LATE),
    ("^refused: no", step_races.REFUSED_LATE),
    ("^undone: no done", _with("done", step_races.ASTRAY)),
    ("^undone: no intended", _with("intended", step_races.STRAY_UNDOING)),
    ("^undone: decided", step_races.STRAY_UNDOING),
    ("^undone", (themes.STRAYS, themes.LATE, themes.TWINS)),
    ("^refused", (themes.REFUSED,)),
    ("^(done|intended)|^Inventory", (themes.SHELF, themes.LATE, themes.ZOMBIES)),
    ("^OrderPlaced|^idempotency", (themes.PLACING, themes.TWINS)),
    ("^cancelling|^confirmed: sagas", (step_races.CONFIRMED_MEANWHILE,)),
    ("^confirmed: done", step_races.CONFIRMED_BEFORE_DONE),
    ("^failed: decided", (races.ENDED_MEANWHILE,)),
    ("^failed: undone", step_races.FAILED_BEFORE_UNDONE),
    ("^(confirmed|failed)", (themes.STRAYS, themes.TWINS)),
    ("^parked: decided", (races.RESUMED_LATE,)),
    ("^parked", (races.ENDED_PARKED, races.PARKED_LATE)),
    ("^resumed: sagas exists", (themes.PARKING,)),
    ("^resumed: sagas not", (races.RESUMED_LATE,)),
    ("^resumed: sagas status", (races.ENDED_MEANWHILE,)),
    ("^resumed", (races.PARKED_LATE, races.RESTARTED_LATE)),
    ("^look again later: sagas exists.open.$", (races.LOOKED_AT_PARKED,)),
    ("^look again", (races.LOOKED_AT_LATE,)),
    ("^gateway (cancels|confirms)", (races.CONFIRMS_MEANWHILE,)),
    ("^gateway settles", (races.SETTLES_MEANWHILE,)),
    ("^gateway", (themes.ZOMBIES, themes.TWINS, themes.STRAYS, themes.GATEWAY)),
    ("^circuit HALF_OPEN", (circuits.PROBED_MEANWHILE,)),
    ("^circuit", (themes.CIRCUIT,)),
    ("^set aside|^count the attempt", (races.SET_ASIDE_LATE,)),
    ("", (themes.OUTBOX,)),
)

PENDING, CANCELLING = "sagas status = PENDING", "sagas status = CANCELLING"

# Guards whose loss nobody notices: of whom, which, why, and what else must be lost for that to show.
MASKED: Sequence[tuple[str, str, str, Sequence[str]]] = (
    *(
        (event, "decided earlier", "the last decision was to start it, else the status says no too", (PENDING,))
        for event in ("done", "refused", "intended", "cancelling", "confirmed")
    ),
    *(
        (decision, f"{event} on record", "what is not there is not earlier either", (f"{event} earlier",))
        for decision, event in (("confirmed", "done"), ("failed", "undone"))
    ),
    ("OrderPlaced", "sagas not_exists(orderId)", "an order of that id has its first event", ("own row",)),
    ("OrderPlaced", "own row", "the order of that event is there", ()),
    ("intended", "own row", "the record of the intent is there by then", ("record not_exists(orderId)",)),
    ("intended", "record not_exists(orderId)", "the event that tells of it is there", ()),
    ("look again later", CANCELLING, "an order that has ended is not on the index either", ("sagas exists(open)",)),
    ("confirmed", "own row", "the saga is CONFIRMED by then, and not PENDING", (PENDING,)),
    (
        "resumed",
        "decided earlier",
        "what was decided since parked it, ended it or resumed it, and that says no too",
        ("own row", "sagas exists(parked)", "sagas not_exists(parked)"),
    ),
    ("failed", "own row", "the saga is FAILED by then, and not CANCELLING", (CANCELLING,)),
    (
        "failed",
        CANCELLING,
        "what must be on record is recorded while the saga is CANCELLING, or the own row is there",
        ("undone on record", "undone earlier"),
    ),
)


def found() -> list[str]:
    """Find every guard by its role, by playing; what never says no needs no mutant."""
    tally = Tally()
    search(1, SCHEDULES, themes.THEMES, tally)
    return sorted({role(name) for name in tally.issued - BEHIND_OTHERS.keys()})


def mutants(issued: list[str]) -> Iterator[Mutant]:
    """Make the mutants. What is masked is also lost with what masks it."""
    masks = {f"{deed}: {guard}": (why, [f"{deed}: {other}" for other in others]) for deed, guard, why, others in MASKED}
    for name in issued:
        why, others = masks.get(name, ("", []))
        yield Mutant(f"without {name}", _themes(name), without=frozenset({name}), masked_by=why)
        if others:
            yield Mutant(f"without {', '.join([name, *others])}", _themes(name), without=frozenset({name, *others}))


def _themes(name: str) -> Sequence[Focus]:
    return next(where for pattern, where in HINTS if re.search(pattern, name))
