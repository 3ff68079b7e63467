"""What a search dwells on: all at once hardly ever meets what needs three particular things, so there are themes."""

from collections.abc import Iterator, Mapping
from typing import Any

from verification.simulator import circuits, drills, races, step_races
from verification.simulator.choices import DEATHS, STOCK, Focus
from verification.simulator.deviations import MOVE_NAMES
from verification.simulator.sites import CANCELS, CONFIRMS, SITES, of, site
from verification.simulator.strikes import ABORTED, FALLS_ASLEEP, FAULT_NAMES, TASK_TIMEOUT, TIMED_OUT
from verification.simulator.table import BACK, EFFECTS, FORTH, SAGA, STEPS

EVERYTHING = Focus(faults=FAULT_NAMES, moves=MOVE_NAMES)

LOSSES = ("crash before", "crash after", "function timeout", "response lost", "response lost for good", "arrives late")
BUSY = ("throttled", "throttled for long", "conflict", "conflict for long", "server error", "never arrives")
SWEEPS = ("sweep", "time passes", "a minute later: sweep", "past the deadline: sweep")
RECORDS = ("idempotency record lost", "idempotency record expired", "idempotency record stuck in progress")

PLACING = Focus(
    faults=(*LOSSES, *BUSY, "permanent error", "no credentials", "keys unprocessed"),
    moves=("client asks again", "same key, other body", *RECORDS, "time passes", "late call arrives", "customer looks"),
    starts=(1, 8, 16),
    sites=of("PlaceOrder"),
)
TWINS = Focus(
    tokens=("pm_ok", "pm_declined", "pm_slow", "pm_processing", "pm_late_decline"),
    faults=(TASK_TIMEOUT, FALLS_ASLEEP, "response lost for good", "conflict"),
    moves=("second execution", *RECORDS, "stray step", "customer cancels"),
)
LATE = Focus(
    faults=(TASK_TIMEOUT, FALLS_ASLEEP, "arrives late", "not invoked", ABORTED),
    moves=("customer cancels", "late call arrives", "second execution", "a moment passes"),
)
GATEWAY = Focus(
    tokens=("pm_slow", "pm_processing", "pm_late_decline", "pm_flaky", "pm_refund_flaky", "pm_refund_down", "pm_ok"),
    faults=(TASK_TIMEOUT, *LOSSES, *BUSY),
    moves=(
        "gateway forgets its keys",
        "a moment passes",
        "customer cancels",
        "circuit opens elsewhere",
        "second execution",
        "idempotency record lost",
    ),
    starts=(40, 90, 200),
    sites=of("ProcessPayment", "RefundPayment"),
)
PARKING = Focus(
    tokens=("pm_refund_down", "pm_refund_flaky"),
    faults=(TASK_TIMEOUT, ABORTED, *LOSSES, *BUSY),
    moves=(
        *SWEEPS,
        "operator resumes",
        "operator resumes what is not parked",
        "gateway gets well",
        "status event told, or told again",
        "customer cancels",
        "second execution",
        "late call arrives",
    ),
    starts=(200, 40, 300),
    deaths=(0, 0, 0, 0, 0, DEATHS),
    sites=of("FailOrder", "ResumeOrder", "RecoverOrder", "SweepOrders", "RefundPayment"),
)
RECOVERY = Focus(
    faults=(ABORTED, TIMED_OUT, TASK_TIMEOUT, *LOSSES, *BUSY, "behind"),
    moves=(*SWEEPS, "status event told, or told again", "status event lost", "customer cancels", "late call arrives"),
    deaths=(0, 2, DEATHS),
    sites=of("RecoverOrder", "SweepOrders"),
)
OUTBOX = Focus(
    tokens=("pm_ok", "pm_declined"),
    faults=(*LOSSES, *BUSY, "entry refused", "behind", "permanent error"),
    moves=(
        *SWEEPS,
        "stream records delivered",
        "stream record out of order",
        "stream record again",
        "poison record",
        "record of a row that is gone",
        "stream records lost",
        "poison row in the outbox",
        "poison row deleted",
        "late call arrives",
    ),
    relay_down=(False, True),
    sites=of("RelayOutbox", "SweepOrders"),
)

SHELF = Focus(
    tokens=("pm_ok", "pm_declined"),
    faults=(TASK_TIMEOUT, FALLS_ASLEEP, ABORTED, "crash after"),
    moves=("second execution", "customer cancels", "stray step"),
    quantities=(2, STOCK),
    sites=of(*(each.state for pair in SAGA.steps if pair[0] in STEPS for each in pair)),
)
REFUSED = Focus(
    tokens=("pm_ok", "pm_declined"),
    faults=(FALLS_ASLEEP,),
    moves=("second execution", "customer cancels"),
    quantities=(2, STOCK),
    starts=(60,),
    sites=(
        *(site(step, no) for step in STEPS for no in step.refusals.values()),
        *(site(effect, effect.intent) for effect in EFFECTS),
        CANCELS,
        CONFIRMS,
    ),
)
STRAYS = Focus(tokens=("pm_ok", "pm_declined"), moves=("stray step", "customer cancels"), quantities=(1, STOCK + 1))

ZOMBIES = Focus(
    tokens=("pm_ok", "pm_declined", "pm_slow", "pm_processing", "pm_late_decline"),
    faults=(TASK_TIMEOUT, FALLS_ASLEEP),
    moves=("a moment passes", "customer cancels"),
    orders=(1,),
    starts=(40, 90),
    sites=of(*FORTH, *BACK[1:-1]),
)

CIRCUIT = Focus(
    tokens=("pm_ok", "pm_declined", "pm_refund_flaky"),
    faults=(*LOSSES, *BUSY),
    moves=("circuit opens elsewhere", "a moment passes", "customer cancels"),
    starts=(40, 90),
    sites=tuple(site for site in SITES if "circuit" in site),
)

KEYS = Focus(
    tokens=("pm_ok", "pm_slow"),
    faults=(TASK_TIMEOUT, FALLS_ASLEEP),
    moves=("gateway forgets its keys", "a moment passes"),
    orders=(1,),
    starts=(40, 90),
    sites=("ProcessPayment: PaymentIntentRecorded", "ProcessPayment: gateway creates an intent"),
)


def _foci(module: Mapping[str, Any]) -> Iterator[Focus]:
    """Give what a module dwells on, one by one or for each step; what has no name for others is a pattern only."""
    for name, what in module.items():
        if not name.startswith("_"):
            yield from (each for each in (what if isinstance(what, tuple) else (what,)) if isinstance(each, Focus))


# Each once, wherever it is imported too.
MODULES = (globals(), *map(vars, (drills, circuits, step_races, races)))
THEMES = tuple({id(each): each for module in MODULES for each in _foci(module)}.values())
