"""The console's socket. It is apart from the server because it needs no web framework."""

import socket

from saga.engine import port

DEFAULT_PORT = 8710


def listen(number: int) -> socket.socket:
    """Listen on a port of the loopback interface, as `saga.engine.port.listen` does; 0 picks a free one."""
    return port.listen(number, "saga console --port ")


def url(listener: socket.socket) -> str:
    """Return the address of a console on this socket."""
    return f"http://{port.HOST}:{listener.getsockname()[1]}"
