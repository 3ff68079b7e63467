"""Mutants of pausing, resuming, and of how long an order waits."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from sagakit import guard, pausing, resuming
from sagakit.saga import Status
from verification.simulator.mutants.mutant import Change, Mutant, patched
from verification.simulator.names.definitions import definition
from verification.simulator.names.saga_table import CANCEL, FORWARD_STATES, PAUSE, SAGA
from verification.simulator.profiles.decision_races import PAUSED_LATE
from verification.simulator.profiles.topics import PARKING, PAUSING

_paused = pausing._paused  # noqa: SLF001
FOREVER = 10**15


def _guard(module: str, **changed: Any) -> Change:
    """Change what a module uses of the guard on the row."""
    return patched(f"sagakit.{module}.guard", SimpleNamespace(**{**vars(guard), **changed}))


def _cancelling_definition(saga: str) -> Any:
    """Return the definition whose forward steps cancel the order after any error."""
    changed = json.loads(json.dumps(definition(saga)))
    for state in FORWARD_STATES if saga == SAGA.name else ():
        for rule in changed["States"][state]["Catch"]:
            rule["Next"] = CANCEL if rule["Next"] == PAUSE else rule["Next"]
    return changed


def _first_attempt(row: Any, *rest: Any) -> Any:
    return _paused({name: row[name] for name in row if name != "paused"}, *rest)


@contextmanager
def _waiting_for_ever(status: Status) -> Iterator[None]:
    """Ignore the deadline of an order with this status, wherever it matters."""

    def deadline(row: Any) -> int:
        return FOREVER if row["status"] == status else guard.deadline(row)

    with ExitStack() as patches:
        for module in ("decision", "recovery.actions"):
            patches.enter_context(_guard(module, deadline=deadline)())
        yield


MUTANTS = (
    Mutant(
        "a technical error cancels the order",
        (PAUSING,),
        patched("verification.simulator.world.step_functions.definition", _cancelling_definition),
    ),
    Mutant("every pause is as short as the first", (PAUSING,), patched("sagakit.pausing.wait", lambda _: 10_000)),
    Mutant("a pause has no end", (PAUSING,), patched("sagakit.pausing.MAX_WAIT", FOREVER)),
    Mutant("every attempt is the first", (PAUSING,), patched("sagakit.pausing._paused", _first_attempt)),
    Mutant("a paused order is paused again", (PAUSING,), _guard("pausing", is_paused=lambda _: False)),
    Mutant(
        "a late pause marks a cancelling order",
        (PAUSING, PAUSED_LATE),
        patched("sagakit.pausing._comes_late", lambda *_: False),
    ),
    Mutant("a resumed order stays paused", (PAUSING,), patched("sagakit.resuming._trying", lambda _: {})),
    Mutant("a resume forgets what waited", (PAUSING,), patched("sagakit.resuming._trying", lambda _: {"paused": {}})),
    Mutant("a resume does not tell what waited", (PAUSING,), partial(patch.object, resuming, "WAITED", ())),
    Mutant("the operator resumes any order", (PAUSING,), _guard("resuming", is_paused=lambda _: True)),
    Mutant("an order's deadline is ignored", (PAUSING,), partial(_waiting_for_ever, Status.PENDING)),
    Mutant("patience is ignored", (PARKING, PAUSING), partial(_waiting_for_ever, Status.CANCELLING)),
    Mutant("patience does not begin anew", (PARKING,), _guard("resuming", patience_ends=lambda since: since + 1)),
    Mutant("any error parks the order", (PARKING,), patched("sagakit.decision._is_final", lambda *_: True)),
    Mutant("a final error is tried again", (PARKING,), patched("sagakit.decision._is_final", lambda *_: False)),
)
