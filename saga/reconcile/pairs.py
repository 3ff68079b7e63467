"""Finds contradictions in the gateway's ledger, whose keys and intents lie anywhere in it, in little memory."""

from collections.abc import Callable, Iterable
from hashlib import blake2b

from saga.reconcile.charges import ledger
from saga.reconcile.snapshot import Item

_SLOTS = 4096

type Scan = Callable[[], Iterable[Item]]


class Pairs:
    """Tells which names may not occur twice: in their slot, the two of a pair cancel each other out."""

    def __init__(self) -> None:
        self._slots = [0] * _SLOTS

    def add(self, rows: Iterable[Item]) -> None:
        """Count the names of these rows of the ledger."""
        for name in map(_name, rows):
            digest = _digest(name)
            self._slots[digest % _SLOTS] ^= digest

    def may_be_single(self, row: Item) -> bool:
        """Return whether the row's name may be one that occurs once. It is one of few that share their slot."""
        return self._slots[_digest(_name(row)) % _SLOTS] != 0

    def contradictions(self, scan: Scan) -> list[str]:
        """Return what is wrong with the keys and intents that may have no counterpart; look for these in the ledger."""
        if not any(self._slots):
            return []
        return list(ledger({"GATEWAY_LEDGER": [row for row in scan() if self.may_be_single(row)]}))


def recounted(scan: Scan) -> list[str]:
    """Return the contradictions that the ledger has now."""
    pairs = Pairs()
    pairs.add(scan())
    return pairs.contradictions(scan)


def _name(row: Item) -> str:
    """Return the ID of the intent that a row is, or that the row of a key names."""
    return str(row.get("intentId", row["id"]))


def _digest(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=16).digest())
