"""What a bootstrap sends for a worker: its environment, and the descriptors of its connection and its output."""

import os
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_LENGTH = 4  # bytes
_MOST_DESCRIPTORS = 3

type Variables = dict[bytes, bytes]


@dataclass(frozen=True)
class Message:
    """Variables of an environment, and the descriptors that came with them."""

    variables: Variables
    descriptors: tuple[int, ...]

    def close(self) -> None:
        """Close the descriptors."""
        for descriptor in self.descriptors:
            os.close(descriptor)


def send(channel: socket.socket, variables: Mapping[bytes, bytes], descriptors: Iterable[int]) -> None:
    """Send both as one message."""
    content = b"\0".join(b"=".join(variable) for variable in variables.items())
    socket.send_fds(channel, [len(content).to_bytes(_LENGTH)], list(descriptors))
    channel.sendall(content)


def receive(channel: socket.socket) -> Message:
    """Return the next message.

    Raises:
        EOFError: the other side is gone.
    """
    length, descriptors, *_ = socket.recv_fds(channel, _LENGTH, _MOST_DESCRIPTORS)
    content = channel.recv(int.from_bytes(length), socket.MSG_WAITALL)
    if not content:
        raise EOFError
    pairs = [variable.partition(b"=") for variable in content.split(b"\0")]
    return Message({name: value for name, _, value in pairs}, tuple(descriptors))
