"""A mutant for every guard that the functions give to DynamoDB: it lets everything pass."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.prove.circuits import PROBED_MEANWHILE
from tests.prove.expected import BEHIND_OTHERS
from tests.prove.mutants.mutant import Mutant
from tests.prove.races import (
    ASTRAY,
    CHARGED_MEANWHILE,
    CONFIRMED_BEFORE_CHARGED,
    CONFIRMED_BEFORE_RESERVED,
    CONFIRMED_MEANWHILE,
    CONFIRMS_MEANWHILE,
    ENDED_MEANWHILE,
    ENDED_PARKED,
    FAILED_BEFORE_REFUNDED,
    FAILED_BEFORE_RELEASED,
    LOOKED_AT_LATE,
    LOOKED_AT_PARKED,
    PARKED_LATE,
    RECORDED_MEANWHILE,
    REJECTED_MEANWHILE,
    RESERVED_MEANWHILE,
    RESTARTED_LATE,
    RESUMED_LATE,
    SET_ASIDE_LATE,
    SETTLES_MEANWHILE,
    STRAY_UNDOING,
    TOO_LATE,
    TWINS_TOO_LATE,
)
from tests.prove.search import search
from tests.prove.tally import Tally
from tests.prove.themes import (
    CIRCUIT,
    GATEWAY,
    LATE,
    OUTBOX,
    PARKING,
    PLACING,
    REFUSED,
    SHELF,
    STRAYS,
    THEMES,
    TWINS,
    ZOMBIES,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.prove.choices import Focus

SCHEDULES = 400  # in which every guard is asked at least once

# Where to look for the guards whose names match.
HINTS: Sequence[tuple[str, Sequence[Focus]]] = (
    ("^InventoryRejected: no", (TOO_LATE,)),
    ("^InventoryRejected: orders", (REJECTED_MEANWHILE,)),
    ("^InventoryRejected", (REFUSED,)),
    ("^InventoryReleased: no", (ASTRAY,)),
    ("^InventoryReleased: decided", (STRAY_UNDOING,)),
    ("^InventoryReleased", (STRAYS, LATE, TWINS)),
    ("^InventoryReserved: no", (TWINS_TOO_LATE,)),
    ("^InventoryReserved: orders", (RESERVED_MEANWHILE,)),
    ("^Inventory", (SHELF, LATE)),
    ("^OrderPlaced|^idempotency", (PLACING, TWINS)),
    ("^OrderCancelling: no InventoryRes", (RESERVED_MEANWHILE,)),
    ("^OrderCancelling: no InventoryRej", (REJECTED_MEANWHILE,)),
    ("^OrderCancelling: no Payment", (RECORDED_MEANWHILE,)),
    ("^OrderCancelling", (CONFIRMED_MEANWHILE,)),
    ("^OrderConfirmed: orders", (CONFIRMED_MEANWHILE,)),
    ("^OrderConfirmed: Inventory", (CONFIRMED_BEFORE_RESERVED,)),
    ("^OrderConfirmed: Payment", (CONFIRMED_BEFORE_CHARGED,)),
    ("^OrderConfirmed", (STRAYS, TWINS)),
    ("^OrderFailed: decided", (ENDED_MEANWHILE,)),
    ("^OrderFailed: Inventory", (FAILED_BEFORE_RELEASED,)),
    ("^OrderFailed: Payment", (FAILED_BEFORE_REFUNDED,)),
    ("^OrderFailed", (STRAYS, TWINS)),
    ("^OrderParked: decided", (RESUMED_LATE,)),
    ("^OrderParked", (ENDED_PARKED, PARKED_LATE)),
    ("^OrderResumed: orders exists", (PARKING,)),
    ("^OrderResumed: orders not", (RESUMED_LATE,)),
    ("^OrderResumed: orders status", (ENDED_MEANWHILE,)),
    ("^OrderResumed", (PARKED_LATE, RESTARTED_LATE)),
    ("^look again later: orders exists.open.$", (LOOKED_AT_PARKED,)),
    ("^look again", (LOOKED_AT_LATE,)),
    ("^PaymentCharged|^PaymentDeclined|^PaymentRefunded: status", (CHARGED_MEANWHILE, ZOMBIES)),
    ("^PaymentIntentRecorded: orders", (RECORDED_MEANWHILE,)),
    ("^PaymentRefunded: decided", (STRAY_UNDOING,)),
    ("^gateway (cancels|confirms)", (CONFIRMS_MEANWHILE,)),
    ("^gateway settles", (SETTLES_MEANWHILE,)),
    ("^Payment|^gateway", (ZOMBIES, TWINS, STRAYS, GATEWAY)),
    ("^circuit HALF_OPEN", (PROBED_MEANWHILE,)),
    ("^circuit", (CIRCUIT,)),
    ("^set aside|^count the attempt", (SET_ASIDE_LATE,)),
    ("", (OUTBOX,)),
)

PENDING, CANCELLING = "orders status = PENDING", "orders status = CANCELLING"

# Guards whose loss nobody notices: of whom, which, why, and what else must be lost for that to show.
MASKED: Sequence[tuple[str, str, str, Sequence[str]]] = (
    *(
        (event, "decided earlier", "the last decision was to place it, else the status says no too", (PENDING,))
        for event in (
            "InventoryReserved",
            "InventoryRejected",
            "PaymentIntentRecorded",
            "OrderCancelling",
            "OrderConfirmed",
        )
    ),
    *(
        (decision, f"{event} on record", "what is not there is not earlier either", (f"{event} earlier",))
        for decision, event in (
            ("OrderConfirmed", "InventoryReserved"),
            ("OrderConfirmed", "PaymentCharged"),
            ("OrderFailed", "PaymentRefunded"),
            ("OrderFailed", "InventoryReleased"),
        )
    ),
    ("OrderPlaced", "orders not_exists(orderId)", "an order of that id has its first event", ("own row",)),
    ("OrderPlaced", "own row", "the order of that event is there", ()),
    ("PaymentIntentRecorded", "own row", "the payment is on record by then", ("payments not_exists(orderId)",)),
    ("PaymentIntentRecorded", "payments not_exists(orderId)", "the event that tells of it is there", ()),
    ("PaymentCharged", "own row", "the payment is CHARGED by then, and no INTENT", ("status as it was read",)),
    ("PaymentDeclined", "own row", "the payment is DECLINED by then, and no INTENT", ("status as it was read",)),
    ("look again later", CANCELLING, "an order that has ended is not on the index either", ("orders exists(open)",)),
    (
        "PaymentRefunded",
        CANCELLING,
        "it was CANCELLING before the gateway was asked, and only FAILED once the own row is there",
        ("own row",),
    ),
    ("OrderConfirmed", "own row", "the saga is CONFIRMED by then, and not PENDING", (PENDING,)),
    (
        "OrderResumed",
        "decided earlier",
        "what was decided since parked it, ended it or resumed it, and that says no too",
        ("own row", "orders exists(parked)", "orders not_exists(parked)"),
    ),
    ("OrderFailed", "own row", "the saga is FAILED by then, and not CANCELLING", (CANCELLING,)),
    (
        "OrderFailed",
        CANCELLING,
        "what must be on record is recorded while the saga is CANCELLING, or the own row is there",
        (
            "PaymentRefunded on record",
            "PaymentRefunded earlier",
            "InventoryReleased on record",
            "InventoryReleased earlier",
        ),
    ),
)


def found() -> list[str]:
    """Find every guard, by playing."""
    tally = Tally()
    search(1, SCHEDULES, THEMES, tally)
    return sorted(tally.issued)


def mutants(issued: list[str]) -> Iterator[Mutant]:
    """Make the mutants; what never says no needs none. What is masked is also lost with what masks it."""
    masks = {f"{deed}: {guard}": (why, [f"{deed}: {other}" for other in others]) for deed, guard, why, others in MASKED}
    for name in (name for name in issued if name not in BEHIND_OTHERS):
        why, others = masks.get(name, ("", []))
        yield Mutant(f"without {name}", _themes(name), frozenset({name}), masked_by=why)
        if others:
            yield Mutant(f"without {', '.join([name, *others])}", _themes(name), frozenset({name, *others}))


def _themes(name: str) -> Sequence[Focus]:
    return next(themes for pattern, themes in HINTS if re.search(pattern, name))
