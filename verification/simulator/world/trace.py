"""The trace of a run: who made which write, in order. Reads appear only if a fault hit them."""

import re
from collections.abc import Iterator, Sequence

from verification.simulator.names.operation_names import READS
from verification.simulator.world.scheduler import Actor, Call

type Line = tuple[str, str]  # actor, event

EXECUTION = re.compile(r"^E\d+")  # lines that differ only in the execution's number count as repeated
BLOCK_LENGTHS, MIN_REPEATS = range(1, 21), 3  # a repeated block of lines is printed once


class Trace:
    """The lines of one run, with short names for orders."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._orders: dict[str, str] = {}

    def order_name(self, order_id: str, kind: str = "order") -> str:
        """Return the short name of an order, or of its return: "order A" is the first."""
        return self._orders.setdefault(order_id, f"{kind} {chr(ord('A') + len(self._orders))}") if order_id else ""

    def with_order_names(self, text: str) -> str:
        """Replace order ids in a text with short names."""
        for order_id, name in self._orders.items():
            text = text.replace(order_id, name)
        return text

    def add(self, actor: Actor | str | None, event: str) -> None:
        """Add a line about an actor; None is the network."""
        self._lines.append((self._label(actor), event))

    def succeeded(self, actor: Actor | None, call: Call) -> None:
        """Add a call that took effect."""
        if call.api not in (*READS, "Invoke"):
            self.add(actor, call.operation)

    def lines(self) -> Iterator[str]:
        """Return the numbered lines, with repeated blocks printed once."""
        width, at = max((len(actor) for actor, _ in self._lines), default=0), 0
        comparable = [(EXECUTION.sub("E", actor), event) for actor, event in self._lines]
        while at < len(self._lines):
            length, times = _repeated_block(comparable, at)
            for number, (actor, event) in enumerate(self._lines[at : at + length], at + 1):
                yield f"{number:4}  {actor:<{width}}  {event}"
            if times > 1:
                yield f"      … lines {at + 1} to {at + length} repeat {times - 1} more times"
            at += length * times

    def _label(self, actor: Actor | str | None) -> str:
        if isinstance(actor, Actor):
            return f"{actor.name} {self.order_name(actor.order_id)}".strip()
        return actor or "the network"


def _repeated_block(lines: Sequence[Line], at: int) -> tuple[int, int]:
    """Return the length of the block that repeats from here on, and how often it occurs."""
    for length in BLOCK_LENGTHS:
        block, times = lines[at : at + length], 1
        while lines[at + times * length : at + (times + 1) * length] == block:
            times += 1
        if times >= MIN_REPEATS:
            return length, times
    return 1, 1
