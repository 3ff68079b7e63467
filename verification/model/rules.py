"""The rules of the protocol. Leave one out to see why it is needed: python -m verification.model --without RULE."""

from dataclasses import dataclass, field, fields, replace


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules in force; all of them by default."""

    # The guard: a forward transaction commits only while the saga is PENDING.
    reserve_guard: bool = True
    intent_guard: bool = True
    charge_checks_first: bool = True  # even if an intent is already on record
    confirm_guard: bool = True
    cancel_guard: bool = True  # PENDING -> CANCELLING, never CONFIRMED -> CANCELLING

    # Fences: the transaction that has an effect also puts an event row. A step that finds its own returns it.
    reserve_fence: bool = True
    own_row_first: bool = True  # own row > guard > stock
    release_fence: bool = True
    undoing_is_final: bool = True  # the gateway's response is not recorded once the payment was undone
    fences_kept: bool = True  # no TTL while the order lives

    # The lock: a transaction commits only if no event was recorded since the history was read that it rests on.
    refusal_locked: bool = True  # InventoryReserved and InventoryRejected exclude each other
    release_locked: bool = True  # InventoryReserved has not been recorded since the release looked for it
    refund_locked: bool = True  # "nothing to refund" commits only if no intent has been recorded since

    # The gateway.
    create_keyed: bool = True
    confirm_recorded: bool = True  # confirm the intent on record, not the one just created
    confirm_keyed: bool = True  # a decline is final
    timeout_is_unknown: bool = True
    cancel_decides: bool = True  # cancel first, rather than decide by reading the intent
    cancel_after_decline: bool = True
    processing_is_no_decline: bool = True  # a charge that is still processing is waited for
    processing_is_transient: bool = True
    already_refunded_is_done: bool = True

    # Proof: an outcome is recorded only with the rows that prove it.
    confirm_checks_reserved: bool = True
    confirm_checks_charged: bool = True
    fail_checks_refunded: bool = True
    fail_checks_released: bool = True

    # A compensation runs only for a CANCELLING order.
    refund_checks_cancelling: bool = True
    release_checks_cancelling: bool = True

    # Patience: no order is cancelled for a technical reason.
    outage_pauses: bool = True  # a forward step that gives up pauses the order
    resume_keeps_pending: bool = True  # a resume of a PENDING order goes on with it
    pause_checks_open: bool = True  # an order that has ended is not paused
    pause_checks_parked: bool = True
    ending_unpauses: bool = True
    parking_unpauses: bool = True
    deadline_cancels: bool = True  # the longest wait of a PENDING order
    patience_parks: bool = True  # the longest wait of a CANCELLING order

    # Recovery.
    recovery_checks_first: bool = True
    resumes_numbered: bool = True  # OrderResumed#n names the execution
    parks_numbered: bool = True  # OrderParked#n: an order can be parked again
    failed_unparks: bool = True
    sweeper_sees_pending: bool = True
    sweeper_sees_cancelling: bool = True
    sweeper_sees_paused: bool = True


def bound(default: int, purpose: str) -> int:
    """Return a bound with its help text."""
    value: int = field(default=default, metadata={"help": f"{purpose} (default {default})"})
    return value


@dataclass(frozen=True)
class Bounds:
    """How much happens at once. How often it happens is not bounded."""

    executions: int = bound(2, "concurrent executions, whoever starts them")
    late: int = bound(1, "invocations that live on after their task timed out")
    strays: int = bound(0, "steps invoked out of turn, among the late invocations")


RULES = tuple(rule.name for rule in fields(Rules))


def without(*names: str) -> Rules:
    """Return all rules except these; raise TypeError for an unknown name."""
    return replace(Rules(), **dict.fromkeys(names, False))
