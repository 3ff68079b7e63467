"""The poller shows changes and failures, and pauses while the page is hidden."""

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from saga.console.poller import Poller, pause, silence
from saga.console.sources.source import Kind
from saga.failures import Failure, Silent, Unreachable


class Page:
    """Returns the answers in order and repeats the last; records what is shown."""

    def __init__(self, *answers: Failure | str) -> None:
        self._answers = list(answers)
        self.reads = 0
        self.shown: list[object] = []
        self.poller = Poller(lambda: Kind.ENGINE, self.read, self.shown.append, self.shown.append)

    def read(self) -> str:
        answer = self._answers[min(self.reads, len(self._answers) - 1)]
        self.reads += 1
        if isinstance(answer, Failure):
            raise answer
        return answer

    async def run(self, reads: int) -> Sequence[object]:
        """Poll without pauses until there were this many reads."""
        task = asyncio.create_task(self.poller.run())
        while self.reads <= reads:
            self.poller.acted.set()
            await asyncio.sleep(0)
        task.cancel()
        return self.shown


def run[T](work: Coroutine[object, object, T]) -> T:
    """Run it in another thread: the browser of other tests has a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


async def polled(*answers: Failure | str) -> Sequence[object]:
    page = Page(*answers)
    page.poller.visible.set()
    return await page.run(len(answers))


def test_only_changes_are_shown() -> None:
    assert [each for each in run(polled("one", "one", "two", "two", "one")) if each] == ["one", "two", "one"]


def test_a_failure_is_shown_until_it_is_over() -> None:
    down = Unreachable("down")
    shown = run(polled("one", down, "one"))
    assert shown[:4] == [None, "one", down, None]
    assert "one" not in shown[4:]


def test_a_hidden_page_reads_nothing() -> None:
    async def hidden() -> tuple[int, int]:
        page = Page("one")
        task = asyncio.create_task(page.poller.run())
        for _ in range(100):
            page.poller.acted.set()
            await asyncio.sleep(0)
        before = page.reads
        page.poller.visible.set()
        while not page.shown:
            await asyncio.sleep(0)
        task.cancel()
        return before, page.reads

    assert run(hidden()) == (0, 1)


def test_a_read_that_hangs_is_a_failure_until_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("saga.console.poller.silence", lambda _kind: 0.0)
    told, shown = threading.Event(), list[object]()

    def hang() -> str:
        assert told.wait(60)
        return "one"

    def fail(failure: Failure | None) -> None:
        shown.append(type(failure))
        told.set()

    async def poll() -> None:
        hanging = Poller(lambda: Kind.ENGINE, hang, shown.append, fail)
        hanging.visible.set()
        task = asyncio.create_task(hanging.run())
        while "one" not in shown:
            await asyncio.sleep(0)
        task.cancel()

    run(poll())
    assert shown == [Silent, type(None), "one"]


def test_a_page_tells_within_five_seconds_that_the_engine_is_silent() -> None:
    assert pause(Kind.ENGINE, 1000) + silence(Kind.ENGINE) < 5


@pytest.mark.parametrize("kind", Kind)
def test_pauses_grow_to_a_limit_while_nothing_changes(kind: Kind) -> None:
    pauses = [pause(kind, unchanged) for unchanged in range(1000)]
    assert pauses == sorted(pauses)
    assert 0 < pauses[0] < pauses[-1] <= 60
    assert pause(Kind.AWS, 0) > pause(Kind.ENGINE, 0)
