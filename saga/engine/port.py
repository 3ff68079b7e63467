"""Takes a loopback port or, if it is not free, finds out which process has it."""

import socket
from ipaddress import IPv4Address
from pathlib import Path

from saga.failures import UsageFailure

HOST = "127.0.0.1"
_LISTENING = "0A"


def listen(port: int, advice: str) -> socket.socket:
    """Listen on a port of the loopback interface; 0 picks a free one.

    Raises:
        UsageFailure: the port is taken. The message names the owner, if the system reveals it, and ends with `advice`.
    """
    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen()
    except OSError as error:
        listener.close()
        reason, free = owner(port) or error.strerror, port % 65535 + 1
        raise UsageFailure(f"port {port} is not available ({reason}). Choose another one: {advice}{free}") from error
    return listener


def require_bridge(address: str) -> None:
    """Check that an address can be that of a bridge of containers on this machine.

    Raises:
        UsageFailure: it cannot.
    """
    if not _may_be_a_bridge(address):
        raise UsageFailure(f"{address!r} is not the address of a bridge, such as Docker's 172.17.0.1")
    with socket.socket() as probe:
        try:
            probe.bind((address, 0))
        except OSError as error:
            raise UsageFailure(f"cannot listen on {address}: {error.strerror}. Does the bridge exist?") from error


def _may_be_a_bridge(text: str) -> bool:
    try:
        address = IPv4Address(text)
    except ValueError:
        return False
    return address.is_private and not address.is_unspecified and text != HOST


def owner(port: int, proc: Path = Path("/proc")) -> str | None:
    """Return the name and pid of the process that listens on a port, or None if the system doesn't reveal them."""
    sockets = {f"socket:[{inode}]" for inode in _listening_inodes(port, proc)}
    for process in proc.glob("[0-9]*"):
        if sockets & _open_files(process):
            return f"taken by {(process / 'comm').read_text().strip()}, pid {process.name}"
    return None


def _listening_inodes(port: int, proc: Path) -> set[str]:
    tables = [table.read_text() for name in ("tcp", "tcp6") if (table := proc / "net" / name).exists()]
    rows = [line.split() for table in tables for line in table.splitlines()[1:]]
    return {row[9] for row in rows if row[1].endswith(f":{port:04X}") and row[3] == _LISTENING}


def _open_files(process: Path) -> set[str]:
    try:
        return {str(entry.readlink()) for entry in (process / "fd").iterdir()}
    except OSError:  # it has ended, or is another user's
        return set()
