"""Mutants of reserving stock that is spread over shards."""

import os
from collections.abc import Sequence

from inventory.domain import InsufficientStock, lines
from sagakit import dynamodb
from verification.simulator.mutants.mutant import Mutant, patched
from verification.simulator.profiles.sharded_stock import MOVED_MEANWHILE, SHARDED


def _one_by_one(rows: Sequence[str]) -> dict[str, int]:
    found = [dynamodb.get(os.environ["INVENTORY_TABLE"], {"productId": row}) for row in rows]
    return {row["productId"]: row["available"] for row in found if row}


MUTANTS = (
    Mutant(
        "the rows of a product are read one after the other",
        (MOVED_MEANWHILE, SHARDED),
        patched("inventory.shards._snapshot", _one_by_one),
    ),
    Mutant(
        "a lost race for a shard refuses",
        (MOVED_MEANWHILE, SHARDED),
        patched("inventory.store.Overtaken", InsufficientStock),
    ),
    Mutant(
        "stock is released to another row",
        (SHARDED,),
        patched("inventory.app.taken", lines),
        masked_by="what counts is the sum over the rows",
    ),
)
