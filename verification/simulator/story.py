"""What happened, told in order: who did what, and what became of it; of reads only those that something befell."""

import re
from collections.abc import Iterator, Sequence

from verification.simulator.actors import Actor, Call
from verification.simulator.labels import READS

type Line = tuple[str, str]  # who, and what

EXECUTION = re.compile(r"^E\d+")  # one is as good as another
LENGTHS, OFTEN = range(1, 21), 3  # lines of what is repeated, and how often before it is told once


class Story:
    """The lines of one run."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._names: dict[str, str] = {}

    def name(self, order_id: str) -> str:
        """Name an order: the first one is A."""
        return self._names.setdefault(order_id, f"order {chr(ord('A') + len(self._names))}") if order_id else ""

    def named(self, text: str) -> str:
        """Name orders in a text that speaks of them by their ids."""
        for order_id, name in self._names.items():
            text = text.replace(order_id, name)
        return text

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
        """Give the lines, numbered; what is done again and again is told once."""
        width, at = max((len(who) for who, _ in self._lines), default=0), 0
        alike = [(EXECUTION.sub("E", who), what) for who, what in self._lines]
        while at < len(self._lines):
            length, times = _repeated(alike, at)
            for number, (who, what) in enumerate(self._lines[at : at + length], at + 1):
                yield f"{number:4}  {who:<{width}}  {what}"
            if times > 1:
                yield f"      … {at + 1} to {at + length} again, {times - 1} times"
            at += length * times


def _repeated(lines: Sequence[Line], at: int) -> tuple[int, int]:
    """Tell how many lines from here on are repeated, and how often they come."""
    for length in LENGTHS:
        block, times = lines[at : at + length], 1
        while lines[at + times * length : at + (times + 1) * length] == block:
            times += 1
        if times >= OFTEN:
            return length, times
    return 1, 1
