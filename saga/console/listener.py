"""The console's socket. It is apart from the server because it needs no web framework."""

import socket

from saga.engine.port import owner
from saga.failures import UsageFailure

HOST = "127.0.0.1"
DEFAULT_PORT = 8710


def listen(port: int) -> socket.socket:
    """Listen on a port of the loopback interface; 0 picks a free one.

    Raises:
        UsageFailure: the port is taken. The message names the owner if the system tells.
    """
    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen()
    except OSError as error:
        listener.close()
        why, free = owner(port) or error.strerror, port % 65535 + 1
        raise UsageFailure(f"cannot use port {port} ({why}). Choose another: saga console --port {free}") from error
    return listener


def url(listener: socket.socket) -> str:
    """Return the address of a console on this socket."""
    return f"http://{HOST}:{listener.getsockname()[1]}"
