"""The rules of the protocol. Leaving one out makes a mutant: python -m verification.model --without RULE."""

from dataclasses import dataclass, field, fields, replace


@dataclass(frozen=True, slots=True)
class Rules:
    """What the protocol must not leave out."""

    # One door: a forward transaction commits only while the saga is PENDING.
    reserve_door: bool = True
    intent_door: bool = True
    charge_looks_first: bool = True  # an intent already on record does not open it
    confirm_door: bool = True
    cancel_door: bool = True  # PENDING -> CANCELLING, never CONFIRMED -> CANCELLING

    # Fences: what a participant did stands in an event row, put in the same transaction.
    reserve_fence: bool = True
    own_row_first: bool = True  # own row > closed door > stock
    refusal_fence: bool = True  # InventoryReserved and InventoryRejected exclude each other
    release_fence: bool = True
    release_as_read: bool = True  # the release commits only if InventoryReserved is still as it was read
    refund_as_read: bool = True  # "nothing to refund" commits only if there still is no payment row
    charge_from_intent: bool = True  # a gateway answer is recorded on a row that is INTENT, no other
    fences_kept: bool = True  # no TTL while the order lives

    # The gateway.
    create_keyed: bool = True
    confirm_recorded: bool = True  # confirm the intent on record, not the one just created
    confirm_keyed: bool = True  # a decline is final
    timeout_is_unknown: bool = True
    cancel_decides: bool = True  # cancel first; do not decide from what a GET said
    cancel_after_decline: bool = True
    processing_is_transient: bool = True
    already_refunded_is_done: bool = True

    # Proof: an outcome is recorded only with the rows that earn it.
    confirm_checks_reserved: bool = True
    confirm_checks_charged: bool = True
    fail_checks_refunded: bool = True
    fail_checks_released: bool = True

    # A compensation undoes only what was decided against.
    refund_checks_cancelling: bool = True
    release_checks_cancelling: bool = True

    # Recovery.
    recovery_looks_first: bool = True
    recovery_numbered: bool = True
    parks_numbered: bool = True  # OrderParked#n: parked as often as it takes
    failed_unparks: bool = True
    sweeper_sees_cancelling: bool = True


def bound(default: int, purpose: str) -> int:
    """A bound with its line of help."""
    value: int = field(default=default, metadata={"help": f"{purpose} (default {default})"})
    return value


@dataclass(frozen=True)
class Bounds:
    """How much goes on at once. How often it goes on is not bounded."""

    executions: int = bound(1, "executions that the relay starts beside each other")
    recoveries: int = bound(1, "recoveries counted on the order row before it is parked")
    late: int = bound(1, "invocations living on after their task timed out")
    strays: int = bound(0, "steps invoked out of turn; they share the room of the late ones")


RULES = tuple(rule.name for rule in fields(Rules))


def without(*names: str) -> Rules:
    """All rules but these; TypeError for a name that is none."""
    return replace(Rules(), **dict.fromkeys(names, False))
