"""Ground that a search hardly ever treads by chance: every write is struck in every way."""

from dataclasses import replace

from verification.simulator.choices import DEATHS, Focus
from verification.simulator.sites import CANCELS, CONFIRMS, FAILS, PARKING, UNDOES, at, of, restarts, site
from verification.simulator.table import BACK, EFFECTS, FORTH, STEPS

# Ways to die or to hear nothing at a write; what is rarer than its like in the report comes twice.
KILLS = (
    "crash before",
    "function timeout",
    *2 * ("crash after",),
    "response lost",
    "response lost for good",
    "server error",
)
MANY, SOME = (8, 12), (1, 2)  # ambushes
FEW, MORE = (0, 3, 8), (16, 32)  # deviations
IN_A_WHILE = "a minute later: sweep"

_STRUCK = Focus(faults=KILLS, ambushes=MANY, deviations=(0,))

PLACED = replace(
    _STRUCK,
    faults=(*KILLS, "throttled for long"),
    moves=("client asks again",),
    deviations=FEW,
    budgets=(0,),
    sites=of("PlaceOrder"),
)
UNPLACED = replace(
    PLACED,
    faults=(*KILLS, *4 * ("keys unprocessed",)),
    deviations=(0,),
    sites=("PlaceOrder: reads the catalogue", "PlaceOrder: idempotency record deleted"),
)
RELAYED = replace(PLACED, faults=(*KILLS, "entry refused"), sites=of("RelayOutbox"))
STEPPED = replace(_STRUCK, tokens=("pm_ok",), sites=at(*(step.state for step in STEPS), FORTH[-1]))
EFFECTED = replace(
    _STRUCK,
    tokens=("pm_ok", "pm_declined", "pm_processing", "pm_late_decline"),
    quantities=(1,),
    sites=at(*(effect.state for effect in EFFECTS)),
)
SETTLED = replace(
    EFFECTED,
    tokens=("pm_ok", "pm_declined"),
    sites=(
        "ProcessPayment: gateway confirms",
        *(site(effect, event) for effect in EFFECTS for event in effect.events if event != effect.intent),
        *(site(effect, "idempotency record completed") for effect in EFFECTS),
    ),
)
PROCESSED = replace(
    EFFECTED,
    tokens=("pm_processing", "pm_late_decline"),
    faults=(*KILLS, *4 * ("a moment passes",)),
    sites=tuple(f"ProcessPayment: {write}" for write in ("gateway hears of a confirm", "gateway settles")),
)
UNDONE = replace(
    _STRUCK,
    tokens=("pm_declined", "pm_refund_flaky", "pm_processing", "pm_late_decline"),
    moves=("customer cancels",),
    deviations=FEW,
    starts=(40, 60),
    budgets=(0,),
    quantities=(1,),
    sites=at("RequestCancellation", *BACK[:-1]),
)
UNSETTLED = replace(
    UNDONE,
    tokens=("pm_processing", "pm_late_decline"),
    moves=(),
    always=("customer cancels", "a moment passes"),
    sites=tuple(f"RefundPayment: {write}" for write in ("gateway settles", "gateway cancels", "gateway refunds")),
)
GIVEN_UP = Focus(
    tokens=("pm_ok", "pm_declined"),
    faults=("crash before", "crash after", "permanent error"),
    ambushes=(6, 8),
    deviations=(0,),
    sites=(CONFIRMS, CANCELS, *UNDOES, FAILS),
)
RESUMES = replace(
    _STRUCK,
    tokens=("pm_refund_down",),
    moves=(IN_A_WHILE,),
    orders=(1,),
    deviations=MORE,
    starts=(90, 120),
    budgets=(0,),
    always=("operator resumes",),
    sites=of("ResumeOrder"),
)
PARKS = replace(RESUMES, sites=(PARKING,))
RECOVERED = replace(
    _STRUCK,
    tokens=("pm_ok",),
    moves=("status event told, or told again", "status event lost"),
    orders=(1,),
    deviations=FEW,
    budgets=(0,),
    express=(False,),
    deaths=(2, DEATHS),
    sites=restarts("RecoverOrder"),
)
SWEPT = replace(RECOVERED, moves=("sweep",), express=(True,), sites=restarts("SweepOrders"))
SWEPT_TWICE = replace(
    SWEPT,
    faults=(*KILLS, *4 * ("sweep",)),
    deaths=(DEATHS,),
    sites=("SweepOrders: reads sagas", "SweepOrders: look again later"),
)
OUTBOX_SWEPT = Focus(
    tokens=("pm_ok",),
    faults=(*KILLS, "entry refused"),
    ambushes=MANY,
    deviations=(3, 8),
    budgets=(0,),
    relay_down=(True,),
    always=("poison row in the outbox", "stream records lost", IN_A_WHILE),
    sites=tuple(site for site in of("SweepOrders") if site not in restarts("SweepOrders")),
)

BEHIND = replace(
    OUTBOX_SWEPT,
    faults=("behind",),
    relay_down=(False, True),
    deaths=(0, 2),
    always=(IN_A_WHILE,),
    sites=("SweepOrders: reads sagas open", "SweepOrders: reads events undispatched", "ProcessPayment: reads circuit"),
)
