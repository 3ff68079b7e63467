"""Broad profiles: everything at once, and one profile for each topic, because rare combinations need focus."""

from verification.simulator.faults.fault_injection import ABORTED, FAULT_NAMES, SUSPENDED, TASK_TIMEOUT, TIMED_OUT
from verification.simulator.names.saga_table import (
    COMPENSATION_STATES,
    EFFECTS,
    FAIL,
    FORWARD_STATES,
    PAUSE,
    PLACE,
    SAGA,
    STEPS,
)
from verification.simulator.names.write_sites import CANCELS, CONFIRMS, SITES, saga_sites, site, sites_of
from verification.simulator.run_plan import ABORTS, FREE, STOCK, Profile
from verification.simulator.schedule.deviations import ENVIRONMENT_NAMES

EVERYTHING = Profile(faults=FAULT_NAMES, environment=ENVIRONMENT_NAMES, returns=(0, 0, 1, 2))

LOST = ("crash before", "crash after", "function timeout", "response lost once", "response lost", "request delayed")
BUSY = ("throttled", "throttled for long", "conflict", "conflict for long", "server error", "request lost")
SWEEPS = ("sweep", "minutes pass", "sweep a minute later", "sweep after an execution", "sweep after the deadline")
SWEEPERS = ("only SweepOutbox", "only SweepOrders", "only ReportBacklog")
CANCEL, READ = "customer cancels", "customer reads"
DUPLICATE, DELAYED = "duplicate execution", "delayed call arrives"
RESUMING = ("operator resumes", "operator resumes an order that does not wait")
STREAM = ("stream delivers", "record out of order", "record redelivered", "poison record", "record of a deleted row")
POISON = ("poison row", "poison row deleted")
RECORDS = ("idempotency record lost", "idempotency record expired", "idempotency record stuck in progress")

PLACING = Profile(
    faults=(*LOST, *BUSY, "permanent error", "no credentials", "keys unprocessed"),
    environment=("client retries", "client reuses its key", *RECORDS, "minutes pass", DELAYED, "customer reads"),
    starts=(1, 8, 16),
    sites=sites_of(PLACE),
)
DUPLICATES = Profile(
    tokens=("pm_ok", "pm_declined", "pm_slow", "pm_processing", "pm_late_decline"),
    faults=(TASK_TIMEOUT, SUSPENDED, "response lost", "conflict"),
    environment=(DUPLICATE, "step out of turn", CANCEL),
)
LATE = Profile(
    faults=(TASK_TIMEOUT, SUSPENDED, "request delayed", "not invoked", ABORTED),
    environment=(CANCEL, DELAYED, DUPLICATE, "seconds pass"),
)
GATEWAY = Profile(
    tokens=("pm_slow", "pm_processing", "pm_late_decline", "pm_flaky", "pm_refund_flaky", "pm_refund_down", "pm_ok"),
    faults=(TASK_TIMEOUT, *LOST, *BUSY),
    environment=("gateway forgets keys", "seconds pass", CANCEL, "circuit opens", DUPLICATE),
    starts=(40, 90, 200),
    sites=sites_of("ProcessPayment", "RefundPayment"),
)
PARKING = Profile(
    tokens=("pm_refund_down", "pm_refund_flaky", "pm_refund_refused", "pm_partial_refund", "pm_refund_pending"),
    faults=(TASK_TIMEOUT, ABORTED, *LOST, *BUSY),
    environment=(*SWEEPS, "patience over", *RESUMING, "gateway restored", "execution reported", CANCEL, DELAYED),
    starts=(200, 40, 300),
    aborts=(0, 0, 0, 0, 0, ABORTS),
    sites=sites_of(FAIL, "ResumeOrder", "RecoverOrder", "SweepOrders", "RefundPayment"),
)
OUTAGES = Profile(
    faults=("response lost", TASK_TIMEOUT),
    environment=(
        "dependency down",
        "minutes pass",
        *SWEEPS,
        "operator resumes",
        "client retries",
        "gateway settles",
        CANCEL,
    ),
    always=("dependency down",),
    deviations=(8, 16, 32),
    budgets=(0, 1, 3),
    targeted=(0,),
)
PAUSING = Profile(
    tokens=("pm_unavailable", "pm_flaky", "pm_slow", "pm_processing", "pm_refund_down", "pm_refund_refused", "pm_ok"),
    faults=(TASK_TIMEOUT, TIMED_OUT, SUSPENDED, *LOST, "permanent error", "not invoked"),
    environment=(*SWEEPS, *RESUMING, "order paused", "gateway settles", "execution reported", CANCEL, READ),
    orders=(1,),
    starts=(40, 90, 200),
    sites=sites_of(PAUSE, "ResumeOrder", "RecoverOrder", "SweepOrders", *FORWARD_STATES, FAIL),
)
RECOVERY = Profile(
    faults=(ABORTED, TIMED_OUT, TASK_TIMEOUT, *LOST, *BUSY),
    environment=(*SWEEPS, *SWEEPERS, "patience over", "execution reported", "report lost", CANCEL, DELAYED),
    aborts=(0, 2, ABORTS),
    sites=sites_of("RecoverOrder", "SweepOrders"),
)
OUTBOX = Profile(
    tokens=("pm_ok", "pm_declined"),
    faults=(*LOST, *BUSY, "entry refused", "entry refused for long", "entry malformed", "permanent error"),
    environment=(*SWEEPS, *SWEEPERS, *STREAM, *POISON, "patience over", "starts given up", DELAYED),
    relay_down=(False, True),
    sites=sites_of("StartSagas", "PublishEvents", "SweepOutbox"),
)
POISONED = Profile(
    tokens=("pm_unavailable",),
    environment=STREAM,
    deviations=(3, 8),
    relay_down=(True,),
    always=("poison row", "sweep a minute later"),
    starts=(8, 16, 40),
)
LITTLE_STOCK = Profile(
    tokens=("pm_ok", "pm_declined"),
    faults=(TASK_TIMEOUT, SUSPENDED, ABORTED, "crash after"),
    environment=(DUPLICATE, CANCEL, "step out of turn"),
    quantities=(2, STOCK),
    sites=sites_of(*(each.state for pair in SAGA.steps if pair[0] in STEPS for each in pair)),
)
REFUSED = Profile(
    tokens=("pm_ok", "pm_declined"),
    faults=(SUSPENDED,),
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
SETTLING = Profile(
    tokens=("pm_processing", "pm_late_decline"),
    faults=(SUSPENDED, *LOST, "gateway settles", "operator resumes"),
    environment=("operator resumes", CANCEL, *SWEEPS),
    orders=(1,),
    starts=(40, 60),
    payments_hang=(True,),
    sites=sites_of("ProcessPayment", "RefundPayment", PAUSE),
    always=("gateway settles",),
)
TIMEOUTS = Profile(
    tokens=("pm_ok", "pm_declined", "pm_slow", "pm_processing", "pm_late_decline"),
    faults=(TASK_TIMEOUT, SUSPENDED),
    environment=("seconds pass", CANCEL),
    orders=(1,),
    starts=(40, 90),
    sites=sites_of(*FORWARD_STATES, *COMPENSATION_STATES[1:-1]),
)
WRONG_ANSWERS = Profile(
    tokens=("pm_wrong_amount", "pm_wrong_currency", "pm_partial_refund", "pm_refund_pending"),
    faults=(TASK_TIMEOUT, SUSPENDED, *LOST),
    environment=(CANCEL, DUPLICATE, "gateway restored", *RESUMING, "sweep after the deadline"),
    starts=(40, 90),
    sites=sites_of("ProcessPayment", "RefundPayment", FAIL),
)
FREE_ORDERS = Profile(
    tokens=("pm_ok", "pm_declined"),
    faults=(TASK_TIMEOUT, SUSPENDED, *LOST),
    environment=(CANCEL, DUPLICATE, "step out of turn"),
    baskets=((FREE,), (FREE, "monitor")),
    sites=saga_sites("ProcessPayment", "RefundPayment"),
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
    faults=(TASK_TIMEOUT, SUSPENDED),
    environment=("gateway forgets keys", "seconds pass"),
    orders=(1,),
    starts=(40, 90),
    sites=("ProcessPayment: PaymentIntentRecorded", "ProcessPayment: gateway creates intent"),
)
