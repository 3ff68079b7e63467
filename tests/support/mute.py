"""An engine that hangs: its process lives, its port accepts connections and requests, and nothing ever answers."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from saga.engine.pidfile import PidFile
from saga.engine.port import HOST


@dataclass
class Mute:
    """A server without answers. `connections` has those that it accepted."""

    listener: socket.socket = field(default_factory=lambda: socket.create_server((HOST, 0)))
    connections: list[socket.socket] = field(default_factory=list)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.listener.getsockname()[1])

    def accept(self) -> None:
        """Accept connections until the listener is closed."""
        while True:
            try:
                self.connections.append(self.listener.accept()[0])
            except OSError:
                return

    def close(self) -> None:
        """End all connections."""
        self.listener.shutdown(socket.SHUT_RDWR)
        for each in (self.listener, *self.connections):
            each.close()


@contextmanager
def mute_engine(home: Path) -> Iterator[Mute]:
    """Let an engine hang whose files are in `home`."""
    mute = Mute()
    acceptor = threading.Thread(target=mute.accept)
    acceptor.start()
    with PidFile(home / "engine.json").claim() as lock:
        command = [sys.executable, "-c", "import time; time.sleep(3600)"]
        process = subprocess.Popen(command, start_new_session=True, pass_fds=[lock])  # noqa: S603 - our own interpreter
        PidFile(home / "engine.json").write(pid=process.pid, port=mute.port)
    try:
        yield mute
    finally:
        mute.close()
        acceptor.join()
        process.kill()
        process.wait()
