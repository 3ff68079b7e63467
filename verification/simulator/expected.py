"""What a long search must have met at least once: names come from code and definition, exceptions stand here."""

from collections.abc import Iterator

from tests.support.template import tasks
from verification.simulator import lines
from verification.simulator.deviations import MOVE_NAMES
from verification.simulator.sites import SITES
from verification.simulator.strikes import FAULT_NAMES
from verification.simulator.table import SAGA, STEPS
from verification.simulator.tally import Tally

ENOUGH = 5_000  # schedules from which on a zero is an error

NEVER_GONE = "the gateway never forgets an intent"

# Guards that nothing can reach while the others stand. Should one of them say no after all, that is an error too.
BEHIND_OTHERS = {
    "InventoryReleased: inventory exists(available)": "no product is deleted",
    "gateway cancels: gateway exists(id)": NEVER_GONE,
    "gateway confirms: gateway exists(id)": NEVER_GONE,
    "gateway gets well: gateway exists(id)": NEVER_GONE,
    "gateway hears of a confirm: gateway exists(id)": NEVER_GONE,
    "gateway hears of a refund: gateway exists(id)": NEVER_GONE,
    "gateway refunds: gateway exists(id)": NEVER_GONE,
    "gateway refunds: status as it was read": "an intent that succeeded stays so",
    "gateway settles: gateway exists(id)": NEVER_GONE,
}

# Retry and Catch, by their place in the definition, that no error can reach.
NEVER_USED = {
    f"{undo.state} Retry 0": "it is being cancelled by then; where it has failed, the own row is found first"
    for undo in SAGA.compensations
    if undo.undoes in STEPS
}

# What may befall a write, in the columns of the report; the first three must befall every write.
STRIKES = {
    "dies before": ("crash before", "function timeout"),
    "dies after": ("crash after",),
    "answer lost": ("response lost", "response lost for good", "server error"),
    "too late": ("arrives late", "task timeout"),
    "busy": ("throttled", "throttled for long", "conflict", "conflict for long", "never arrives"),
}
EVERY_WRITE = ("dies before", "dies after", "answer lost")

# Lines that no schedule runs: file, how they begin, why.
NOT_ASKED, AT_IMPORT = "nobody asks for that here: unit tests", "runs when it is imported"
IMPOSSIBLE, NO_METRICS = "cannot happen while the rest is right", "metrics are switched off"
NOT_HERE: tuple[tuple[str, str, str], ...] = (
    ("order/request.py", "", NOT_ASKED),
    ("order/api.py", "raise UnknownSaga", NOT_ASKED),
    ("order/api.py", "return problems.response(Problem(404", NOT_ASKED),
    ("order/catalogue.py", "raise Problem(422", NOT_ASKED),
    ("order/catalogue.py", 'return f"', NOT_ASKED),
    ("order/domain.py", "if one.", NOT_ASKED),
    ("order/domain.py", "raise ValueError", NOT_ASKED),
    ("order/domain.py", "return replace(one", NOT_ASKED),
    ("order/problems.py", "return Problem(409", AT_IMPORT),
    ("order/money.py", "raise ValueError", NOT_ASKED),
    ("order/store.py", "raise UnknownSaga", NOT_ASKED),
    ("payment/gateway.py", "case other:", NOT_ASKED),
    ("payment/gateway.py", "raise LookupError", NOT_ASKED),
    ("payment/simulated.py", "raise ValueError", IMPOSSIBLE),
    ("payment/simulated.py", "raise LookupError", IMPOSSIBLE),
    ("sagakit/guard.py", "return UnknownSaga", IMPOSSIBLE),
    ("sagakit/idempotency.py", "", AT_IMPORT),
    ("sagakit/observability.py", "with single_metric", NO_METRICS),
    ("sagakit/observability.py", "for dimension", NO_METRICS),
    ("sagakit/observability.py", "metric.add_dimension", NO_METRICS),
    ("sagakit/run_compensation.py", "raise change.refusal", "no compensation here is told no"),
    ("sagakit/run_effect.py", "return intent", "the gateway refuses no intent"),
    ("sagakit/run_step.py", "raise change.refusal", IMPOSSIBLE),
    ("sagakit/run_step.py", "return Change", "no step here says no by itself: a write does, or the gateway"),
    ("sagakit/saga.py", "return {each.name", "runs once, before anything is watched"),
)


def expected(tally: Tally) -> dict[str, list[str]]:
    """Name what must be met, by kind."""
    rules = [
        f"{state} {clause} {number}"
        for state, task in tasks().items()
        for clause in ("Retry", "Catch")
        for number in range(len(task[clause]))
        if f"{state} {clause} {number}" not in NEVER_USED
    ]
    guards = [*(tally.issued - BEHIND_OTHERS.keys()), "StartExecution: the name is not taken"]
    return {"fault": list(FAULT_NAMES), "move": list(MOVE_NAMES), "fence": sorted(guards), "rule": rules}


def struck(tally: Tally, site: str, column: str) -> int:
    """Count how often something of a column befell a write."""
    return sum(tally.struck[fault, site] for fault in STRIKES[column])


def writes(tally: Tally) -> list[str]:
    """Name every write that was made: what ran, and what it wrote."""
    return sorted(site for site in tally.sites if ": reads " not in site and not site.endswith(("Invoke", "start")))


def missing(tally: Tally) -> list[str]:
    """Give what was not met, and what was met though it cannot be."""
    return [*_unmet(tally), *_unstruck(tally), *_reached(tally), *_never_run(tally)]


def _unmet(tally: Tally) -> Iterator[str]:
    for kind, names in expected(tally).items():
        yield from (f"{kind} never met: {name}" for name in names if not tally.hits[kind, name])


def _unstruck(tally: Tally) -> Iterator[str]:
    yield from (f"not among the sites: {site}" for site in writes(tally) if site not in SITES)
    for site in SITES:
        yield from (f"{column} never befell {site}" for column in EVERY_WRITE if not struck(tally, site, column))


def _reached(tally: Tally) -> Iterator[str]:
    for kind, names in (("fence", BEHIND_OTHERS), ("rule", NEVER_USED)):
        yield from (f"was thought not to be reached: {name}" for name in names if tally.hits[kind, name])


def _never_run(tally: Tally) -> Iterator[str]:
    for line in sorted(set(lines.executable()) - tally.lines):
        if not any(line[0] == file and lines.text(line).startswith(start) for file, start, _ in NOT_HERE):
            yield f"never run: {line[0]}:{line[1]}  {lines.text(line)}"
