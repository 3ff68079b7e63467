"""The console's port, and the console as a background process."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from saga.console.background import BackgroundConsole
from saga.console.listener import listen, url
from saga.failures import UsageFailure
from saga.http import call


def test_it_listens_only_on_loopback() -> None:
    with listen(0) as listener:
        host, port = listener.getsockname()
        assert host == "127.0.0.1"
        assert url(listener) == f"http://127.0.0.1:{port}"
        socket.create_connection((host, port)).close()


def test_a_taken_port_is_reported_with_its_owner_and_an_alternative() -> None:
    listening = "import socket, time; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True)"
    command = [sys.executable, "-c", f"{listening}; time.sleep(600)"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as other:  # noqa: S603 - our own interpreter
        try:
            assert other.stdout
            port = int(other.stdout.readline())
            with pytest.raises(UsageFailure, match=rf"port {port} .*pid {other.pid}\)\. .*--port {port + 1}"):
                listen(port)
        finally:
            other.kill()


@pytest.fixture
def console(tmp_path: Path) -> Iterator[BackgroundConsole]:
    console = BackgroundConsole(tmp_path)
    yield console
    console.stop()


def test_it_starts_once_and_can_be_found_and_stopped(console: BackgroundConsole) -> None:
    assert console.url() is None
    url = console.start(0)
    assert call(f"{url}/health")[1]["console"] == "Order Saga"
    again = BackgroundConsole(console.home)
    assert (again.url(), again.start(0)) == (url, url)
    again.stop()
    again.stop()
    assert again.url() is None


def test_each_stack_has_its_own_console(console: BackgroundConsole) -> None:
    second = BackgroundConsole(console.home, ["--stack", "second", "--region", "eu-west-1"])
    try:
        urls = {console.start(0), second.start(0)}
        assert len(urls) == 2
        assert {each.url() for each in BackgroundConsole.started(console.home)} == urls
    finally:
        for each in (*BackgroundConsole.started(console.home), second):
            each.stop()
    assert (console.url(), second.url()) == (None, None)


def test_nothing_starts_on_a_taken_port(console: BackgroundConsole) -> None:
    with listen(0) as taken, pytest.raises(UsageFailure, match="is not available"):
        console.start(taken.getsockname()[1])
    assert console.url() is None
