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

    # Fences: the transaction that has an effect also puts an event row.
    reserve_fence: bool = True
    own_row_first: bool = True  # own row > guard > stock
    refusal_fence: bool = True  # InventoryReserved and InventoryRejected exclude each other
    release_fence: bool = True
    release_as_read: bool = True  # the release commits only if InventoryReserved has not changed since it was read
    refund_as_read: bool = True  # "nothing to refund" commits only if there is still no payment row
    charge_from_intent: bool = True  # the gateway's response is recorded only on a row that is INTENT
    fences_kept: bool = True  # no TTL while the order lives

    # The gateway.
    create_keyed: bool = True
    confirm_recorded: bool = True  # confirm the intent on record, not the one just created
    confirm_keyed: bool = True  # a decline is final
    timeout_is_unknown: bool = True
    cancel_decides: bool = True  # cancel first, rather than decide by reading the intent
    cancel_after_decline: bool = True
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

    # Recovery.
    recovery_checks_first: bool = True
    recovery_numbered: bool = True
    parks_numbered: bool = True  # OrderParked#n: an order can be parked again
    failed_unparks: bool = True
    sweeper_sees_cancelling: bool = True


def bound(default: int, purpose: str) -> int:
    """Return a bound with its help text."""
    value: int = field(default=default, metadata={"help": f"{purpose} (default {default})"})
    return value


@dataclass(frozen=True)
class Bounds:
    """How much happens at once. How often it happens is not bounded."""

    executions: int = bound(1, "concurrent executions that the relay starts")
    recoveries: int = bound(1, "recoveries counted on the order row before it is parked")
    late: int = bound(1, "invocations that live on after their task timed out")
    strays: int = bound(0, "steps invoked out of turn, among the late invocations")


RULES = tuple(rule.name for rule in fields(Rules))


def without(*names: str) -> Rules:
    """Return all rules except these; raise TypeError for an unknown name."""
    return replace(Rules(), **dict.fromkeys(names, False))
