"""What happened, told in order: who did what, and what became of it; of reads only those that something befell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.prove.labels import READS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.prove.actors import Actor, Call


class Story:
    """The lines of one run."""

    def __init__(self) -> None:
        self._lines: list[tuple[str, str]] = []
        self._names: dict[str, str] = {}

    def name(self, order_id: str) -> str:
        """Name an order: the first one is A."""
        return self._names.setdefault(order_id, f"order {chr(ord('A') + len(self._names))}") if order_id else ""

    def tell(self, who: str, what: str) -> None:
        """Add a line."""
        self._lines.append((who, what))

    def done(self, actor: Actor | None, call: Call) -> None:
        """Tell of a call that took effect."""
        if call.operation not in (*READS, "Invoke"):
            self.tell(self.who(actor), call.deed)

    def refused(self, actor: Actor | None, call: Call, why: str) -> None:
        """Tell of a call that was refused."""
        self.tell(self.who(actor), f"{call.deed} → refused: {why}")

    def who(self, actor: Actor | None) -> str:
        """Name an actor, and the order that he is busy with."""
        return " ".join(part for part in (actor.name, self.name(actor.order_id)) if part) if actor else "the network"

    def lines(self) -> Iterator[str]:
        """Give the lines, numbered."""
        width = max((len(who) for who, _ in self._lines), default=0)
        for number, (who, what) in enumerate(self._lines, 1):
            yield f"{number:4}  {who:<{width}}  {what}"
