"""Who listens on a port."""

from pathlib import Path

import pytest

from saga.engine.port import owner

HEADER = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"


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


def test_the_owner_is_unknown_where_there_is_no_proc(tmp_path: Path) -> None:
    assert owner(4566, tmp_path / "absent") is None
