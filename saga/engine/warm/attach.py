"""The bootstrap of every function: gets a worker from the starter and lives as long as that does.

A program of its own that runs without site packages (`python -I -S`), because it runs for each worker.
"""

import os
import socket
import sys

SOCKET = "starter.sock"
FOLDER = "SAGA_STARTER"  # the variable that says where the socket is
ACCEPTED = b"."  # says the starter
READY = b"!"  # says the worker, then its bootstrap: only then it may take an event
PATIENCE = (
    8  # seconds for a starter that hangs. A worker may take longer: more starts don't help a machine that is busy
)
ROOT = os.path.realpath(f"{__file__}/../../../..")


def attach() -> socket.socket | None:
    """Return the connection to a worker, or None if there is no starter or it gives us none."""
    connection = socket.socket(socket.AF_UNIX)
    try:
        _ask(connection)
    except (KeyError, OSError):
        connection.close()
        return None
    return connection


def _ask(connection: socket.socket) -> None:
    environment = b"\0".join(b"=".join(variable) for variable in os.environb.items())
    connection.settimeout(PATIENCE)
    os.chdir(os.environ[FOLDER])  # the whole path may be too long for the address of a socket
    connection.connect(SOCKET)
    socket.send_fds(connection, [len(environment).to_bytes(4)], [1, 2])
    connection.sendall(environment)
    accepted = connection.recv(1) == ACCEPTED
    connection.settimeout(None)
    if not (accepted and connection.recv(1) == READY):
        raise ConnectionError
    connection.sendall(READY)


def main() -> None:
    """Wait until the worker has ended; without one, become it."""
    if connection := attach():
        connection.recv(1)
        sys.exit(1)
    os.chdir(os.environ["LAMBDA_TASK_ROOT"])
    os.environ["PYTHONPATH"] = ROOT
    os.execv(sys.executable, [sys.executable, "-P", "-m", "saga.engine.warm.worker"])  # noqa: S606 - our own program


if __name__ == "__main__":
    main()
