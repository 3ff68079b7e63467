"""Keeps a page up to date, reading less often while nothing changes or nothing answers."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from nicegui import ui

from saga.console.sources.source import Kind
from saga.failures import Failure, Silent

_SLOWDOWN = 1.5  # factor for each read that finds nothing new
_PAUSES = {Kind.ENGINE: (0.7, 2.5), Kind.AWS: (3.0, 30.0), Kind.FILE: (0.2, 60.0)}  # shortest and longest, seconds
_SILENCE = {Kind.ENGINE: 2.0, Kind.AWS: 8.0, Kind.FILE: 8.0}  # seconds without an answer, after which the page says so


def pause(kind: Kind, unchanged: int) -> float:
    """Return the seconds until the next read, after this many in a row that found nothing new."""
    shortest, longest = _PAUSES[kind]
    return float(min(shortest * _SLOWDOWN ** min(unchanged, 20), longest))


def silence(kind: Kind) -> float:
    """Return the seconds that a read may take before the page says that nothing answers."""
    return _SILENCE[kind]


@dataclass
class Poller[T]:
    """Reads in a thread, and shows what is new, for as long as the page is open and visible.

    `fail` gets the failure of a read, or None after one that succeeds. A read that takes long counts as a failure until
    it ends. Setting `acted` triggers a read at once.
    """

    kind: Callable[[], Kind]
    read: Callable[[], T]
    show: Callable[[T], None]
    fail: Callable[[Failure | None], None]
    acted: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    visible: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _last: T | None = field(default=None, init=False)
    _unchanged: int = field(default=0, init=False)

    def start(self) -> None:
        """Start as soon as the browser is connected; from then on the browser sets the events."""
        self.visible.set()
        ui.timer(0, self.run, once=True)
        ui.on("acted", self.acted.set)
        ui.on("shown", self.visible.set)
        ui.on("hidden", self.visible.clear)

    async def run(self) -> None:
        """Poll until the task is cancelled."""
        while True:
            await self.visible.wait()
            self.acted.clear()
            await self._read_once()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.acted.wait(), pause(self.kind(), self._unchanged))

    async def _read_once(self) -> None:
        try:
            result = await self._read()
        except Failure as failure:
            self._unchanged += 1
            self.fail(failure)
            return
        self.fail(None)
        self._unchanged = self._unchanged + 1 if result == self._last else 0
        if self._unchanged == 0:
            self._last = result
            self.show(result)

    async def _read(self) -> T:
        reading, patience = asyncio.create_task(asyncio.to_thread(self.read)), silence(self.kind())
        try:
            await asyncio.wait({reading}, timeout=patience)
            if not reading.done():
                self.fail(Silent(f"no answer for {patience:g} s"))
            return await reading
        finally:
            reading.cancel()  # if the page was closed meanwhile
