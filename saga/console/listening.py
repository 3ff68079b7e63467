"""The socket that the console is served on."""

import socket

from saga.engine.port import owner
from saga.failure import UsageFailure

HOST = "127.0.0.1"
DEFAULT_PORT = 8710


def listen(port: int) -> socket.socket:
    """Listens on a port of the loopback interface; 0 is any that is free.

    Raises UsageFailure, naming who has the port as far as the system tells it.
    """
    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise UsageFailure(_refusal(port, error)) from error
    return listener


def url(listener: socket.socket) -> str:
    """Where it is reached."""
    return f"http://{HOST}:{listener.getsockname()[1]}"


def _refusal(port: int, error: OSError) -> str:
    why = owner(port) or error.strerror
    return f"port {port} cannot be used ({why}); choose another: saga console --port {port % 65535 + 1}"
