"""The console in the background, as `make up` starts it and `make down` stops it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from saga.console.listening import listen
from saga.console.process import BackgroundConsole
from saga.failure import UsageFailure
from saga.http import call


@pytest.fixture
def console(tmp_path: Path) -> Iterator[BackgroundConsole]:
    console = BackgroundConsole(tmp_path)
    yield console
    console.stop()


def test_it_is_started_once_found_again_and_stopped(console: BackgroundConsole) -> None:
    assert console.url() is None
    url = console.start(0)
    assert call(f"{url}/health")[1]["console"] == "Order Saga"
    again = BackgroundConsole(console.home)
    assert (again.url(), again.start(0)) == (url, url)
    again.stop()
    again.stop()
    assert again.url() is None


def test_a_port_that_is_taken_is_told_and_nothing_is_started(console: BackgroundConsole) -> None:
    with listen(0) as taken, pytest.raises(UsageFailure, match="cannot be used"):
        console.start(taken.getsockname()[1])
    assert console.url() is None
