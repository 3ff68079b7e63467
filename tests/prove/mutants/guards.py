"""A mutant for every guard that the functions give to DynamoDB: it lets everything pass."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.prove.expected import BEHIND_OTHERS
from tests.prove.mutants.mutant import Mutant
from tests.prove.search import search
from tests.prove.tally import Tally
from tests.prove.themes import (
    CIRCUIT,
    GATEWAY,
    LATE,
    OUTBOX,
    PARKING,
    PLACING,
    RECOVERY,
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
    ("^InventoryReleased", (STRAYS, LATE, TWINS)),
    ("^InventoryRejected", (REFUSED,)),
    ("^Inventory", (SHELF, LATE)),
    ("^OrderPlaced|^idempotency", (PLACING,)),
    ("^OrderCancelling", (LATE, RECOVERY)),
    ("^OrderConfirmed", (STRAYS, LATE)),
    ("^OrderFailed", (STRAYS, PARKING, LATE)),
    ("^OrderParked|^OrderResumed|^look again", (PARKING, RECOVERY)),
    ("^Payment|^gateway", (ZOMBIES, TWINS, STRAYS, GATEWAY)),
    ("^circuit", (CIRCUIT,)),
    ("", (OUTBOX,)),
)

# Guards whose loss nobody notices, because another one does the same.
WITH_THE_STATUS = "says no together with the status only: nothing is decided before the order is placed"
MASKED = {
    "InventoryReserved: decided earlier": WITH_THE_STATUS,
    "InventoryRejected: decided earlier": WITH_THE_STATUS,
    "PaymentIntentRecorded: decided earlier": WITH_THE_STATUS,
    "OrderCancelling: decided earlier": WITH_THE_STATUS,
    "OrderConfirmed: decided earlier": WITH_THE_STATUS,
}


def found() -> list[str]:
    """Find every guard, by playing."""
    tally = Tally()
    search(1, SCHEDULES, THEMES, tally)
    return sorted(tally.issued)


def mutants(issued: list[str]) -> Iterator[Mutant]:
    """Make the mutants; what never says no needs none."""
    for name in (name for name in issued if name not in BEHIND_OTHERS):
        themes = next(themes for pattern, themes in HINTS if re.search(pattern, name))
        yield Mutant(f"without {name}", themes, frozenset({name}), masked_by=MASKED.get(name, ""))
