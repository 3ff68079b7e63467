"""Profiles of the queues: messages in another order, again and late, and faults between a step and the next message."""

from dataclasses import replace

from verification.simulator.environment.queue_actions import QUEUE_ACTIONS
from verification.simulator.faults.fault_injection import SUSPENDED
from verification.simulator.names.saga_table import COMPENSATION_STATES, CONFIRM, FORWARD_STATES, SAGA, START
from verification.simulator.names.write_sites import BACK, COMPENSATES, FAILS, PARKS, SEND, SITES, WAITS, site
from verification.simulator.profiles.every_write import CRASHES, MANY
from verification.simulator.profiles.step_races import READS_BEFORE_UNDOING
from verification.simulator.profiles.topics import BUSY, LOST, SWEEPS
from verification.simulator.run_plan import STOCK, Profile

_SENDS = tuple(each for each in SITES if each.endswith(SEND))
_STATES = (START, *FORWARD_STATES, *COMPENSATION_STATES)

MESSAGES = Profile(
    faults=(SUSPENDED, *LOST, *BUSY),
    environment=(*QUEUE_ACTIONS, "customer cancels", "minutes pass", *SWEEPS),
    starts=(8, 40, 90),
    sites=_SENDS,
)
DELIVERED_AGAIN = Profile(
    tokens=("pm_ok", "pm_declined"),
    faults=(*QUEUE_ACTIONS, SUSPENDED, "customer cancels"),
    targeted=MANY,
    deviations=(0,),
    sites=(*_SENDS, *(f"{state}: reads events" for state in _STATES)),
)
SENDING_CRASHES = Profile(
    tokens=("pm_ok", "pm_declined", "pm_refund_flaky"),
    faults=CRASHES,
    targeted=MANY,
    deviations=(0,),
    sites=_SENDS,
)
# A state fails so often that its message is returned, and in the end the saga is paused.
GIVEN_UP = tuple(
    Profile(
        tokens=("pm_declined", "pm_refund_down") if state in COMPENSATION_STATES else ("pm_ok",),
        faults=(*8 * ("permanent error",), *CRASHES),
        orders=(1,),
        targeted=(12, 16),
        deviations=(0,),
        quantities=(1,),
        sites=(
            *3 * (f"{state}: {SEND}" if state == START else f"{state}: reads events",),
            *(f"{state}: {write}" for write in (BACK, BACK, "pause")),
        ),
    )
    for state in (START, *FORWARD_STATES, *COMPENSATION_STATES)
)
CANCELLED_BEFORE_THE_PIVOT = Profile(
    tokens=("pm_ok",),
    faults=(*CRASHES, *4 * ("customer cancels",)),
    orders=(1,),
    targeted=MANY,
    deviations=(0,),
    quantities=(1,),
    sites=(f"{CONFIRM}: reads events", *2 * (f"{CONFIRM}: {SEND}",)),
)
# Here a refusal comes after the charge, so it takes a refund to undo it.
REFUND_CRASHES = Profile(
    tokens=("pm_ok", "pm_refund_flaky"),
    faults=CRASHES,
    targeted=MANY,
    deviations=(0,),
    quantities=(STOCK + 1,),
    sites=tuple(f"RefundPayment: gateway {verb}" for verb in ("counts a refund", "refunds", "refunds")),
)
CANCELLED_WHILE_PROCESSING = Profile(
    tokens=("pm_processing", "pm_late_decline"),
    faults=(*CRASHES, *4 * ("customer cancels",), *2 * ("minutes pass",)),
    orders=(1,),
    targeted=(12, 16),
    deviations=(0,),
    quantities=(1,),
    payments_hang=(False,),
    sites=(
        *("ProcessPayment: reads events", "RefundPayment: reads sagas"),
        *2 * ("RefundPayment: gateway settles",),
    ),
)
# While a worker is suspended, its message is visible again, and another one takes it.
TAKEN_OVER = tuple(
    Profile(
        tokens=("pm_declined", "pm_refund_down", "pm_wrong_currency"),
        faults=(SUSPENDED, "messages visible again"),
        orders=(1,),
        targeted=MANY,
        deviations=(0,),
        quantities=(1, STOCK + 1),
        skews=(0, 2_000),
        sites=(each, "PublishEvents: PutEvents"),
    )
    for each in (*COMPENSATES, FAILS, PARKS, WAITS)
)
# Meanwhile, another run ends the saga.
PAUSED_MEANWHILE = replace(
    TAKEN_OVER[-1],
    tokens=("pm_refund_down", "pm_refund_refused"),
    faults=(*2 * (SUSPENDED,), "messages visible again", "gateway restored", "duplicate execution"),
    targeted=(12, 16),
    deviations=(3, 8),
    budgets=(0,),
    starts=(90, 140),
    always=("duplicate execution", "messages visible again", "gateway restored"),
)
PARKED_MEANWHILE = replace(
    TAKEN_OVER[-2],
    tokens=("pm_refund_refused",),
    faults=(*3 * (SUSPENDED,), "messages visible again", "gateway restored", "step out of turn"),
    targeted=(12, 16),
    sites=(*2 * (PARKS,), "PublishEvents: PutEvents"),
)
RESERVED_BY_ANOTHER = Profile(
    tokens=("pm_ok",),
    faults=(*2 * (SUSPENDED, "messages visible again"), "customer cancels"),
    orders=(2,),
    targeted=MANY,
    deviations=(0,),
    quantities=(2, STOCK),
    sites=("ReserveInventory: InventoryRejected", "PublishEvents: PutEvents", f"{CONFIRM}: reads events", FAILS),
)
# A compensation is called too early, and goes on when the saga is cancelled.
UNDONE_EARLY = tuple(
    Profile(
        tokens=("pm_ok",),
        faults=(*3 * ("step out of turn",), *2 * (SUSPENDED,), *2 * ("customer cancels",)),
        orders=(1,),
        targeted=MANY,
        deviations=(0,),
        quantities=(1,),
        sites=(
            *(site(step, step.traces[0]), READS_BEFORE_UNDOING.get(step, site(undo))),
            *(f"{state}: reads events" for state in FORWARD_STATES),
        ),
    )
    for step, undo in SAGA.steps
)
DEAD_LETTERS = Profile(
    tokens=("pm_ok", "pm_declined", "pm_unavailable"),
    faults=("crash before", "crash after"),
    environment=(*SWEEPS, "dead letters redriven", "customer cancels"),
    orders=(1,),
    targeted=(12, 20),
    always=("messages visible again", "message dead-lettered"),
)
# One invocation handles several groups, and several messages of a group.
BATCHES = Profile(
    tokens=("pm_ok", "pm_declined"),
    faults=("permanent error", "throttled", "no credentials"),
    environment=("message duplicated", "message redelivered", "duplicate execution", "minutes pass"),
    orders=(2,),
    relay_down=(True,),
    always=("message duplicated", "duplicate execution"),
    deviations=(8, 16),
    starts=(8, 16, 40),
)
