"""Requests to AWS give up in time, whatever the operator's own settings say."""

import re
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from saga.engine.session import engine_session
from saga.failures import Silent, Unreachable
from saga.patience import PATIENCE
from saga.stack.target import session
from tests.support.mute import Mute
from tests.support.template import ROOT

TIMEOUT = 0.3  # seconds
REFUSAL = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.fixture
def no_sockets() -> None:
    """Allow sockets: this is about them."""


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PATIENCE, "seconds", TIMEOUT)


@pytest.fixture
def mute() -> Iterator[Mute]:
    """Return a server that accepts requests and answers none."""
    server = Mute()
    accepting = threading.Thread(target=server.accept)
    accepting.start()
    yield server
    server.close()
    accepting.join()


def test_sessions_and_requests_are_made_only_where_they_get_a_timeout() -> None:
    made = re.compile(r"boto3\.(Session|client|resource)\(|build_opener\(|urlopen\(|create_connection\(|httpx\.")
    folder = ROOT / "saga"
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*.py") if made.search(path.read_text())}
    assert found == {"engine/session.py", "http.py", "stack/target.py"}


def test_what_is_silent_is_not_asked_again(mute: Mute) -> None:
    with pytest.raises(Silent, match=rf"127.0.0.1:{mute.port} has not answered for 0.3 s"):
        engine_session(f"http://127.0.0.1:{mute.port}").client("dynamodb").list_tables()
    assert len(mute.connections) == 1


def test_a_session_on_aws_gives_up_in_the_same_way(mute: Mute, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{mute.port}")
    with pytest.raises(Silent):
        session(None, "eu-west-1").client("cloudformation").describe_stacks()


def test_what_refuses_the_connection_is_not_asked_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    started = time.monotonic()
    with pytest.raises(Unreachable, match="does not answer"):
        engine_session(f"http://127.0.0.1:{port}").client("dynamodb").list_tables()
    assert time.monotonic() - started < 30


def test_what_answers_503_is_not_asked_again_when_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[socket.socket]()
    with socket.create_server(("127.0.0.1", 0)) as server:
        answering = threading.Thread(target=_refuse, args=(server, asked))
        answering.start()
        monkeypatch.setattr(PATIENCE, "seconds", 60)
        client = engine_session(f"http://127.0.0.1:{server.getsockname()[1]}").client("dynamodb")
        monkeypatch.setattr(PATIENCE, "seconds", 0)
        with pytest.raises(ClientError):
            client.list_tables()
        server.shutdown(socket.SHUT_RDWR)
        answering.join()
    assert len(asked) == 1


def _refuse(server: socket.socket, asked: list[socket.socket]) -> None:
    while True:
        try:
            connection = server.accept()[0]
        except OSError:
            return
        asked.append(connection)
        connection.recv(65536)
        connection.sendall(REFUSAL)
        connection.close()
