"""The poller: shows what is new, says what fails, and rests while nobody looks."""

import asyncio
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from saga.console.poller import Poller, pause
from saga.console.source import Kind
from saga.failure import Failure, Unreachable


class Page:
    """Answers the readings one after the other, then with the last of them, and remembers what was shown."""

    def __init__(self, *answers: Failure | str) -> None:
        self._answers = list(answers)
        self.readings = 0
        self.said: list[object] = []
        self.poller = Poller(lambda: Kind.ENGINE, self.read, self.said.append, self.said.append)

    def read(self) -> str:
        answer = self._answers[min(self.readings, len(self._answers) - 1)]
        self.readings += 1
        if isinstance(answer, Failure):
            raise answer
        return answer

    async def run(self, readings: int) -> Sequence[object]:
        """Poll, always in a hurry, until this was read so many times."""
        task = asyncio.create_task(self.poller.run())
        while self.readings <= readings:
            self.poller.acted.set()
            await asyncio.sleep(0)
        task.cancel()
        return self.said


def run[T](work: Coroutine[object, object, T]) -> T:
    """Run it in a thread of its own: a browser of other tests has a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


async def polled(*answers: Failure | str) -> Sequence[object]:
    page = Page(*answers)
    page.poller.visible.set()
    return await page.run(len(answers))


def test_what_is_new_is_shown_and_what_is_not_new_is_not() -> None:
    assert [each for each in run(polled("one", "one", "two", "two", "one")) if each] == ["one", "two", "one"]


def test_a_failure_is_told_and_taken_back_when_it_is_over() -> None:
    down = Unreachable("down")
    said = run(polled("one", down, "one"))
    assert said[:4] == [None, "one", down, None]
    assert "one" not in said[4:]


def test_nothing_is_read_while_nobody_sees_the_page() -> None:
    async def hidden() -> tuple[int, int]:
        page = Page("one")
        task = asyncio.create_task(page.poller.run())
        for _ in range(100):
            page.poller.acted.set()
            await asyncio.sleep(0)
        before = page.readings
        page.poller.visible.set()
        while not page.said:
            await asyncio.sleep(0)
        task.cancel()
        return before, page.readings

    assert run(hidden()) == (0, 1)


@pytest.mark.parametrize("kind", Kind)
def test_pauses_grow_up_to_a_limit_while_nothing_is_new(kind: Kind) -> None:
    pauses = [pause(kind, quiet) for quiet in range(1000)]
    assert pauses == sorted(pauses)
    assert 0 < pauses[0] < pauses[-1] <= 60
    assert pause(Kind.AWS, 0) > pause(Kind.ENGINE, 0)
