"""Finds out whether a loopback port is free and, if not, which process has it."""

import socket
from pathlib import Path

from saga.failures import UsageFailure

_LISTENING = "0A"


def require_free(port: int) -> None:
    """Check that a process can listen on a port.

    Raises:
        UsageFailure: none can. The message names the owner, if the system reveals it.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            reason, other = owner(port) or error.strerror, port % 65535 + 1
            raise UsageFailure(
                f"port {port} is not available ({reason}). Choose another one: `make up ENGINE_PORT={other}`"
            ) from error


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
