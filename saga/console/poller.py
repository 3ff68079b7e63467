"""Keeps a page up to date: one reading after the other, in a thread, less often while nothing changes or answers."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from nicegui import ui

from saga.console.source import Kind
from saga.failure import Failure

_SLOWER = 1.5  # times, at each reading that tells nothing new
_PAUSES = {Kind.ENGINE: (0.7, 3.0), Kind.AWS: (3.0, 30.0), Kind.FILE: (0.2, 60.0)}  # shortest and longest, seconds


def pause(kind: Kind, quiet: int) -> float:
    """Seconds until the next reading, after so many in a row that told nothing new."""
    shortest, longest = _PAUSES[kind]
    return float(min(shortest * _SLOWER ** min(quiet, 20), longest))


@dataclass
class Poller[T]:
    """Reads and shows what is new, for as long as its page is open and somebody sees it.

    `fail` is given what `read` raises, and None when it answers again. `acted` asks for a reading at once.
    """

    kind: Callable[[], Kind]
    read: Callable[[], T]
    show: Callable[[T], None]
    fail: Callable[[Failure | None], None]
    acted: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    visible: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _last: T | None = field(default=None, init=False)
    _quiet: int = field(default=0, init=False)

    def start(self) -> None:
        """Begins as soon as the browser is connected; from then on the browser tells the events."""
        self.visible.set()
        ui.timer(0, self.run, once=True)
        ui.on("acted", self.acted.set)
        ui.on("shown", self.visible.set)
        ui.on("hidden", self.visible.clear)

    async def run(self) -> None:
        """Never ends."""
        while True:
            await self.visible.wait()
            self.acted.clear()
            await self._read_once()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.acted.wait(), pause(self.kind(), self._quiet))

    async def _read_once(self) -> None:
        try:
            self._found(await asyncio.to_thread(self.read))
        except Failure as failure:
            self._quiet += 1
            self.fail(failure)

    def _found(self, found: T) -> None:
        self.fail(None)
        self._quiet = self._quiet + 1 if found == self._last else 0
        if self._quiet == 0:
            self._last = found
            self.show(found)
