"""Broad profiles: everything at once, and one profile for each topic, because rare combinations need focus."""

from verification.simulator.faults.fault_injection import ABORTED, FAULT_NAMES, PAUSED, TASK_TIMEOUT, TIMED_OUT
from verification.simulator.names.saga_table import COMPENSATION_STATES, EFFECTS, FORWARD_STATES, SAGA, STEPS
from verification.simulator.names.write_sites import CANCELS, CONFIRMS, SITES, site, sites_of
from verification.simulator.run_plan import ABORTS, STOCK, Profile
from verification.simulator.schedule.deviations import ENVIRONMENT_NAMES

EVERYTHING = Profile(faults=FAULT_NAMES, environment=ENVIRONMENT_NAMES)

LOST = ("crash before", "crash after", "function timeout", "response lost once", "response lost", "request delayed")
BUSY = ("throttled", "throttled for long", "conflict", "conflict for long", "server error", "request lost")
SWEEPS = ("sweep", "minutes pass", "sweep a minute later", "sweep after the deadline")
CANCEL, DUPLICATE, DELAYED = "customer cancels", "duplicate execution", "delayed call arrives"
RESUMING = ("operator resumes", "operator resumes an unparked order")
STREAM = ("stream delivers", "record out of order", "record redelivered", "poison record", "record of a deleted row")
RECORDS = ("idempotency record lost", "idempotency record expired", "idempotency record stuck in progress")

PLACING = Profile(
    faults=(*LOST, *BUSY, "permanent error", "no credentials", "keys unprocessed"),
    environment=("client retries", "client reuses its key", *RECORDS, "minutes pass", DELAYED, "customer reads"),
    starts=(1, 8, 16),
    sites=sites_of("PlaceOrder"),
)
DUPLICATES = Profile(
    tokens=("pm_ok", "pm_declined", "pm_slow", "pm_processing", "pm_late_decline"),
    faults=(TASK_TIMEOUT, PAUSED, "response lost", "conflict"),
    environment=(DUPLICATE, *RECORDS, "step out of turn", CANCEL),
)
LATE = Profile(
    faults=(TASK_TIMEOUT, PAUSED, "request delayed", "not invoked", ABORTED),
    environment=(CANCEL, DELAYED, DUPLICATE, "seconds pass"),
)
GATEWAY = Profile(
    tokens=("pm_slow", "pm_processing", "pm_late_decline", "pm_flaky", "pm_refund_flaky", "pm_refund_down", "pm_ok"),
    faults=(TASK_TIMEOUT, *LOST, *BUSY),
    environment=("gateway forgets keys", "seconds pass", CANCEL, "circuit opens", DUPLICATE, "idempotency record lost"),
    starts=(40, 90, 200),
    sites=sites_of("ProcessPayment", "RefundPayment"),
)
PARKING = Profile(
    tokens=("pm_refund_down", "pm_refund_flaky"),
    faults=(TASK_TIMEOUT, ABORTED, *LOST, *BUSY),
    environment=(*SWEEPS, *RESUMING, "gateway restored", "execution reported", CANCEL, DUPLICATE, DELAYED),
    starts=(200, 40, 300),
    aborts=(0, 0, 0, 0, 0, ABORTS),
    sites=sites_of("FailOrder", "ResumeOrder", "RecoverOrder", "SweepOrders", "RefundPayment"),
)
RECOVERY = Profile(
    faults=(ABORTED, TIMED_OUT, TASK_TIMEOUT, *LOST, *BUSY),
    environment=(*SWEEPS, "execution reported", "report lost", CANCEL, DELAYED),
    aborts=(0, 2, ABORTS),
    sites=sites_of("RecoverOrder", "SweepOrders"),
)
OUTBOX = Profile(
    tokens=("pm_ok", "pm_declined"),
    faults=(*LOST, *BUSY, "entry rejected", "permanent error"),
    environment=(*SWEEPS, *STREAM, "records lost", "poison row", "poison row deleted", DELAYED),
    relay_down=(False, True),
    sites=sites_of("RelayOutbox", "SweepOrders"),
)
LITTLE_STOCK = Profile(
    tokens=("pm_ok", "pm_declined"),
    faults=(TASK_TIMEOUT, PAUSED, ABORTED, "crash after"),
    environment=(DUPLICATE, CANCEL, "step out of turn"),
    quantities=(2, STOCK),
    sites=sites_of(*(each.state for pair in SAGA.steps if pair[0] in STEPS for each in pair)),
)
REFUSED = Profile(
    tokens=("pm_ok", "pm_declined"),
    faults=(PAUSED,),
    environment=(DUPLICATE, CANCEL),
    quantities=(2, STOCK),
    starts=(60,),
    sites=(
        *(site(step, refusal) for step in STEPS for refusal in step.refusals.values()),
        *(site(effect, effect.intent) for effect in EFFECTS),
        CANCELS,
        CONFIRMS,
    ),
)
OUT_OF_TURN = Profile(
    tokens=("pm_ok", "pm_declined"), environment=("step out of turn", CANCEL), quantities=(1, STOCK + 1)
)
TIMEOUTS = Profile(
    tokens=("pm_ok", "pm_declined", "pm_slow", "pm_processing", "pm_late_decline"),
    faults=(TASK_TIMEOUT, PAUSED),
    environment=("seconds pass", CANCEL),
    orders=(1,),
    starts=(40, 90),
    sites=sites_of(*FORWARD_STATES, *COMPENSATION_STATES[1:-1]),
)
CIRCUIT = Profile(
    tokens=("pm_ok", "pm_declined", "pm_refund_flaky"),
    faults=(*LOST, *BUSY),
    environment=("circuit opens", "seconds pass", CANCEL),
    starts=(40, 90),
    sites=tuple(site for site in SITES if "circuit" in site),
)
FORGOTTEN_KEYS = Profile(
    tokens=("pm_ok", "pm_slow"),
    faults=(TASK_TIMEOUT, PAUSED),
    environment=("gateway forgets keys", "seconds pass"),
    orders=(1,),
    starts=(40, 90),
    sites=("ProcessPayment: PaymentIntentRecorded", "ProcessPayment: gateway creates intent"),
)
