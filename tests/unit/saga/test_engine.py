"""The engine on this machine: its sessions, the owner of a port, and the PID file of its process."""

import subprocess
import sys
from pathlib import Path

import pytest

from saga.engine.pidfile import PidFile
from saga.engine.port import owner
from saga.engine.session import engine_environment, engine_session
from saga.failures import Unreachable

ENDPOINT = "http://127.0.0.1:4999"
HEADER = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"


@pytest.fixture(autouse=True)
def _foreign_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://elsewhere:1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://elsewhere:2")
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "the-operators-own")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy:3128")


@pytest.mark.parametrize("service", ["dynamodb", "s3", "stepfunctions"])
def test_a_client_uses_only_the_engine(service: str) -> None:
    client = engine_session(ENDPOINT).client(service)  # type: ignore[call-overload]
    assert client.meta.endpoint_url == ENDPOINT
    assert client.meta.config.proxies == {}


def test_a_resource_uses_only_the_engine() -> None:
    assert engine_session(ENDPOINT).resource("dynamodb").meta.client.meta.endpoint_url == ENDPOINT


def test_a_session_never_has_the_operators_credentials() -> None:
    credentials = engine_session(ENDPOINT).get_credentials()
    assert credentials is not None
    assert credentials.access_key == "test"


def test_a_child_process_gets_the_engines_credentials_and_no_proxy() -> None:
    environment = engine_environment(ENDPOINT)
    assert environment["AWS_ENDPOINT_URL"] == ENDPOINT
    assert environment["AWS_ACCESS_KEY_ID"] == "test"
    assert environment["NO_PROXY"] == environment["no_proxy"] == "127.0.0.1"


def row(address: str, state: str, inode: int) -> str:
    return f"   0: {address} 00000000:0000 {state} 00000000:00000000 00:00000000 00000000  0  0 {inode} 1\n"


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    (tmp_path / "net").mkdir()
    listening = row("0100007F:11D6", "0A", 77) + row("0100007F:11D7", "01", 78)
    (tmp_path / "net" / "tcp").write_text(HEADER + listening)
    for pid, name, inode in (("41", "bash", 12), ("42", "postgres", 77)):
        (tmp_path / pid / "fd").mkdir(parents=True)
        (tmp_path / pid / "comm").write_text(f"{name}\n")
        (tmp_path / pid / "fd" / "3").symlink_to(f"socket:[{inode}]")
    return tmp_path


def test_the_owner_of_a_listening_socket_is_named(proc: Path) -> None:
    assert owner(4566, proc) == "taken by postgres, pid 42"


def test_a_connection_from_a_port_does_not_own_it(proc: Path) -> None:
    assert owner(4567, proc) is None


def test_an_owner_on_ipv6_is_named(proc: Path) -> None:
    (proc / "net" / "tcp6").write_text(HEADER + row("00000000000000000000000000000000:1F90", "0A", 12))
    assert owner(8080, proc) == "taken by bash, pid 41"


def test_without_proc_the_owner_is_unknown(tmp_path: Path) -> None:
    assert owner(4566, tmp_path / "absent") is None


@pytest.fixture
def pid_file(tmp_path: Path) -> PidFile:
    return PidFile(tmp_path / "home" / "engine.json")


def test_a_pid_file_that_was_never_written_is_not_held(pid_file: PidFile) -> None:
    assert not pid_file.is_held()


def test_a_pid_file_is_held_while_the_process_lives(pid_file: PidFile) -> None:
    with pid_file.claim() as lock:
        process = subprocess.Popen(
            [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, pass_fds=[lock]
        )
        pid_file.write(pid=process.pid, port=4566)
    assert pid_file.is_held()
    assert pid_file.read() == {"pid": process.pid, "port": 4566}
    process.communicate(b"\n")
    assert not pid_file.is_held()


def test_a_claim_is_refused_while_the_pid_file_is_held(pid_file: PidFile) -> None:
    with pid_file.claim(), pytest.raises(Unreachable, match="Try again"), pid_file.claim():
        pass


def test_a_pid_file_cannot_be_read_while_its_process_is_being_started(pid_file: PidFile) -> None:
    with pid_file.claim():
        pid_file.write(pid=1, port=1)
    with pid_file.claim(), pytest.raises(Unreachable, match="Try again"):
        pid_file.read()
