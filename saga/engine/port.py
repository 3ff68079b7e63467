"""Whether a port of the loopback interface is free and, if not, whose it is."""

import socket
from pathlib import Path

from saga.failure import UsageFailure

_LISTENING = "0A"


def require_free(port: int) -> None:
    """Raises UsageFailure, naming the owner as far as the system tells it, when nothing can listen on `port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise UsageFailure(_refusal(port, error)) from error


def _refusal(port: int, error: OSError) -> str:
    why = owner(port) or error.strerror
    return f"port {port} cannot be used ({why}); choose another: make up ENGINE_PORT={port % 65535 + 1}"


def owner(port: int, proc: Path = Path("/proc")) -> str | None:
    """The listener's name and pid, or None where the system does not tell."""
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
