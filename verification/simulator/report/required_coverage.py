"""What a long exploration must cover. Names come from the code and the definition; exceptions are listed here."""

from collections.abc import Iterator, Mapping

from verification.simulator.coverage_counts import MAY_LAG, STALE, Coverage
from verification.simulator.faults.fault_injection import FAULT_NAMES
from verification.simulator.names.definitions import tasks
from verification.simulator.names.saga_table import HAS_QUEUES, RETURN_STATES, SAGA, STEPS
from verification.simulator.names.write_sites import SITES
from verification.simulator.report import covered_lines
from verification.simulator.schedule.deviations import ENVIRONMENT_NAMES
from verification.simulator.world.queues import NOT_SENT
from verification.simulator.world.step_functions import NAME_NOT_TAKEN

ENOUGH = 5_000  # schedules from which on a gap is an error

NEVER_GONE = "the gateway never forgets an intent"

# Guards that never refuse while the others are in force. If one of them refuses after all, that is an error too.
UNREACHABLE_GUARDS = {
    "shards added: inventory exists(available)": "products are never deleted",
    "stock moved: inventory exists(available)": "products are never deleted",
    "InventoryReleased: inventory exists(available)": "products are never deleted",
    "InventoryRestocked: inventory exists(available)": "products are never deleted",
    "gateway cancels: gateway exists(id)": NEVER_GONE,
    "gateway confirms: gateway exists(id)": NEVER_GONE,
    "gateway restored: gateway exists(id)": NEVER_GONE,
    "gateway counts a confirm: gateway exists(id)": NEVER_GONE,
    "gateway counts a refund: gateway exists(id)": NEVER_GONE,
    "gateway refunds: gateway exists(id)": NEVER_GONE,
    "gateway refunds: status unchanged since it was read": "a succeeded intent stays succeeded",
    "gateway settles: gateway exists(id)": NEVER_GONE,
}

# Retry and Catch rules that no error reaches, by their place in the definition.
UNREACHABLE_RULES = {
    f"{undo.state} Retry 0": "the order is CANCELLING by then; if it is FAILED, the step finds its own event first"
    for undo in SAGA.compensations
    if undo.undoes in STEPS and not HAS_QUEUES
} | dict.fromkeys(
    (*(f"{state} Retry 0" for state in RETURN_STATES[1:]), *(f"{state} Catch 0" for state in RETURN_STATES[1:-1])),
    "a return is never cancelled; if it is CONFIRMED, the step finds its own event first",
)

# The report's columns of faults at a write. Every write needs each of the first three.
FAULT_COLUMNS = {
    "crash before": ("crash before", "function timeout"),
    "crash after": ("crash after",),
    "response lost": ("response lost once", "response lost", "server error"),
    "late": ("request delayed", "task timeout"),
    "busy": ("throttled", "throttled for long", "conflict", "conflict for long", "request lost"),
}
REQUIRED_COLUMNS = tuple(FAULT_COLUMNS)[:3]

# Lines that no schedule runs: by file, how they begin.
UNREACHABLE_LINES: Mapping[str, tuple[str, ...]] = {
    # No client asks for it here: see the unit tests.
    "order/body.py": ("",),
    "order/request.py": ("",),
    "order/schemas.py": ("",),
    "order/api/reading.py": ("raise UnknownSaga",),
    "order/catalogue.py": ("raise Problem(422", 'return f"', "except Malformed", "logger.error", 'return "th'),
    "order/domain.py": ("if one.", "raise LineConflict", "super()", "self.field", "return replace(one"),
    "order/placing.py": ("raise erased",),
    "order/money.py": ("raise ValueError",),
    "order/returns.py": (
        "raise erased",
        "raise invalid",
        'raise Problem(409, "The order has too',
        "raise TransientError",
    ),
    "order/store.py": ("raise UnknownSaga",),
    "inventory/shards.py": ("raise TransientError",),  # no product has so many rows here
    # Here no row of the catalogue is malformed: see the unit tests. Nothing but the command writes rows.
    "product.py": (
        *("pass", "raise _malformed", "if name not in row", "return Malformed", "value = row[", "shown ="),
        *("values = (", "return {name: value", "return self.stocked"),
    ),
    # The simulated gateway answers a refund of what succeeded.
    "payment/app.py": (
        "case other:",
        'raise LookupError(f"no payment',  # of a confirmed order
        'raise TransientError(f"the',
        'raise AmountDiffers(f"{intent.id} is {intent.status}',
    ),
    "payment/provider.py": ("case other:", "raise LookupError"),
    # An outage of the whole gateway takes the place of its setting; nobody gives back more than was bought.
    "payment/simulated.py": (
        'raise RefundRefused("less',
        "raise ValueError",
        "raise LookupError",
        "if os.environ",
        'raise TransientError("the gat',
    ),
    # Runs at import, or before lines are recorded.
    "order/problems.py": ("return Problem(4", "return Problem(500"),
    "order/ids.py": ("",),
    "sagakit/idempotency.py": ("",),
    "sagakit/saga.py": ("return {each.name",),
    "sagakit/relay/publishing.py": ('_set_aside(event, "TooLarge")', "return None"),
    # Only what reads the sagas' tables asks for outcomes.
    "sagakit/step.py": ("return {self.event: Outcome", "return {self.intent: Outcome"),
    # Impossible while everything else is correct.
    "sagakit/guard.py": ("return UnknownSaga",),
    "sagakit/eventlog.py": ('raise TransientError("one event', 'raise TransientError("the history'),
    "sagakit/relay/counting.py": ("return",),
    # Metrics are switched off.
    "sagakit/observability.py": ("with _writing", "for dimension", "metric.add_dimension"),
    # Here no compensation and no intent is refused; a step is refused by a write or by the gateway, not by itself.
    "sagakit/run_compensation.py": ("raise change.refusal",),
    "sagakit/run_effect.py": ("return intent",),
    "sagakit/run_step.py": ("raise change.refusal", "return Change"),
}


def required(coverage: Coverage) -> dict[str, list[str]]:
    """Return what must be covered, by kind."""
    rules = [
        f"{state} {clause} {number}"
        for state, task in tasks().items()
        for clause in ("Retry", "Catch")
        for number in range(len(task[clause]))
        if f"{state} {clause} {number}" not in UNREACHABLE_RULES
    ]
    guards = [*(coverage.guards.keys() - UNREACHABLE_GUARDS.keys()), NOT_SENT if HAS_QUEUES else NAME_NOT_TAKEN]
    return {
        "fault": list(FAULT_NAMES),
        "environment": list(ENVIRONMENT_NAMES),
        "guard": sorted(guards),
        "rule": rules,
        STALE: sorted(name for kind, name in coverage.hits if kind == MAY_LAG),
    }


def faults_at(coverage: Coverage, site: str, column: str) -> int:
    """Return how often a column's faults hit a write."""
    return sum(coverage.faults[fault, site] for fault in FAULT_COLUMNS[column])


def writes(coverage: Coverage) -> list[str]:
    """Return the sites of all writes that were made."""
    return sorted(site for site in coverage.sites if ": reads " not in site and not site.endswith(("Invoke", "start")))


def gaps(coverage: Coverage) -> list[str]:
    """Return what was not covered, and what was covered although it is listed as unreachable."""
    return [*_not_hit(coverage), *_sites(coverage), *_reached(coverage)]


def line_gaps(lines: set[covered_lines.Line]) -> list[str]:
    """Return the lines of the functions that ran with neither coordinator."""
    return [*_lines(lines)]


def _not_hit(coverage: Coverage) -> Iterator[str]:
    for kind, names in required(coverage).items():
        yield from (f"{kind} not covered: {name}" for name in names if not coverage.hits[kind, name])


def _sites(coverage: Coverage) -> Iterator[str]:
    yield from (f"missing in write_sites.py: {site}" for site in writes(coverage) if site not in SITES)
    for site in SITES:
        missing = (column for column in REQUIRED_COLUMNS if not faults_at(coverage, site, column))
        yield from (f"no {column} at {site}" for column in missing)


def _reached(coverage: Coverage) -> Iterator[str]:
    for kind, names in (("guard", UNREACHABLE_GUARDS), ("rule", UNREACHABLE_RULES)):
        yield from (f"listed as unreachable: {name}" for name in names if coverage.hits[kind, name])


def _lines(lines: set[covered_lines.Line]) -> Iterator[str]:
    for line in sorted(set(covered_lines.executable()) - lines):
        (file, number), text = line, covered_lines.text(line)
        if not text.startswith(UNREACHABLE_LINES.get(file, ())):
            yield f"line never runs: {file}:{number}  {text}"
