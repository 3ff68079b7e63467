"""The parent of a function's workers: a process that has imported the handler, and forks."""

import os
import select
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from saga.engine.warm import wire, worker
from saga.engine.warm.forking import forget_children, in_child, keep_only
from saga.engine.warm.invocation import Handler


@dataclass(frozen=True)
class Parent:
    """A parent as the starter sees it: its environment, and the channel to it."""

    settings: wire.Variables
    channel: socket.socket

    def is_alive(self) -> bool:
        """Return whether it still has its end of the channel. It never writes."""
        return not select.select([self.channel], [], [], 0)[0]

    def start_worker(self, of_worker: wire.Variables, descriptors: Iterable[int]) -> None:
        """Have it fork a worker with more variables, for a connection with standard output and error."""
        wire.send(self.channel, of_worker, descriptors)


def run(channel: socket.socket, settings: wire.Variables) -> None:
    """Import the handler, then fork a worker for each message.

    Raises:
        EOFError: the starter needs no more workers.
        RuntimeError: the handler cannot be shared.
    """
    keep_only(channel.fileno())
    forget_children()
    os.environ.clear()
    os.environb.update(settings)
    first = wire.receive(channel)
    with _output_of(first), _nothing_left_open():
        handler = worker.load()
    _fork(handler, first)
    while True:
        _fork(handler, wire.receive(channel))


def _fork(handler: Handler, request: wire.Message) -> None:
    in_child(partial(worker.attached, handler, request))
    request.close()


@contextmanager
def _output_of(request: wire.Message) -> Iterator[None]:
    """Print to where this worker prints. Its pipes must close with it, so they aren't kept."""
    kept = [os.dup(number) for number in (1, 2)]
    for number, descriptor in zip((1, 2), request.descriptors[1:], strict=True):
        os.dup2(descriptor, number)
    try:
        yield
    finally:
        for number, descriptor in zip((1, 2), kept, strict=True):
            os.dup2(descriptor, number)
            os.close(descriptor)


@contextmanager
def _nothing_left_open() -> Iterator[None]:
    """Refuse code that workers cannot share: a fork has none of the threads, and the same sockets and files."""
    before = _lowest_free()
    yield
    if threading.active_count() > 1 or _lowest_free() != before:
        raise RuntimeError("importing the handler starts a thread or opens a file: each worker imports it for itself")


def _lowest_free() -> int:
    descriptor = os.dup(1)
    os.close(descriptor)
    return descriptor
