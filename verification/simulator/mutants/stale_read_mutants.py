"""Mutants that read without ConsistentRead."""

from dataclasses import replace
from typing import Any

from payment.simulated import ledger
from sagakit import tables
from verification.simulator.mutants.mutant import Change, Mutant, patched
from verification.simulator.mutants.order_mutants import PARKED_AGAIN
from verification.simulator.profiles.topics import DUPLICATES, LATE, OUTBOX, PARKING, RECOVERY, TIMEOUTS
from verification.simulator.profiles.waiting_writes import STALE_READS
from verification.simulator.run_plan import LAGS
from verification.simulator.world import aws_sdk

RESUMED_TWICE = replace(PARKED_AGAIN, faults=(*PARKED_AGAIN.faults, "seconds pass"), lags=LAGS[-1:])
_send = aws_sdk.send


def _inconsistent(api: str, *names: str) -> Change:
    """Let these reads of these tables lag."""

    def send(sim: Any, service: str, called: str, request: Any, **rest: Any) -> Any:
        if called == api and request["TableName"] in names:
            request = {name: value for name, value in request.items() if name != "ConsistentRead"}
        return _send(sim, service, called, request, **rest)

    return patched("verification.simulator.world.aws_sdk.send", send)


MUTANTS = (
    Mutant("the history is read without ConsistentRead", (LATE, DUPLICATES), _inconsistent("Query", tables.events())),
    Mutant(
        "the saga's row is read without ConsistentRead",
        (RESUMED_TWICE, LATE, PARKING, RECOVERY),
        _inconsistent("GetItem", tables.sagas()),
    ),
    Mutant(
        "an event that is set aside is read without ConsistentRead",
        (OUTBOX, STALE_READS),
        _inconsistent("GetItem", tables.events()),
        masked_by="a stale row is at worst published twice, or a minute later",
    ),
    Mutant(
        "the gateway's ledger is read without ConsistentRead",
        (replace(DUPLICATES, lags=LAGS[1:]), TIMEOUTS),
        _inconsistent("GetItem", ledger()),
    ),
)
