"""The port of the console."""

import socket
import subprocess
import sys

import pytest

from saga.console.listening import listen, url
from saga.failure import UsageFailure


def test_it_listens_on_loopback_only() -> None:
    with listen(0) as listener:
        host, port = listener.getsockname()
        assert host == "127.0.0.1"
        assert url(listener) == f"http://127.0.0.1:{port}"
        socket.create_connection((host, port)).close()


def test_a_port_that_is_taken_is_told_with_its_owner_and_a_way_out() -> None:
    listening = "import socket, time; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True)"
    command = [sys.executable, "-c", f"{listening}; time.sleep(600)"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as other:  # noqa: S603 - our own interpreter
        try:
            assert other.stdout
            port = int(other.stdout.readline())
            with pytest.raises(UsageFailure, match=rf"port {port} .*pid {other.pid}\); .*--port {port + 1}"):
                listen(port)
        finally:
            other.kill()
