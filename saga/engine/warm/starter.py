"""The process beside the engine from which all functions are forked. It ends with the engine."""

import importlib
import select
import socket
from contextlib import suppress

from saga.engine.warm import parent, wire
from saga.engine.warm.attach import ACCEPTED
from saga.engine.warm.forking import forget_children, in_child
from saga.engine.warm.parent import Parent

# What every function imports, and what doesn't depend on its environment.
_SHARED = ("boto3", "boto3.dynamodb.types", "botocore.config", "botocore.endpoint", "saga.engine.warm.worker")
_PATIENCE = 5  # seconds for a bootstrap to say what it wants; it says so at once, unless the machine is very busy
# These differ between the workers of a function.
_OF_WORKER = (b"AWS_LAMBDA_RUNTIME_API", b"AWS_LAMBDA_LOG_STREAM_NAME")


class Starter:
    """Gives each bootstrap that connects to `listener` a worker, until `engine` is closed at its other end."""

    def __init__(self, listener: socket.socket, engine: int) -> None:
        self._listener, self._engine = listener, engine
        self._parents: dict[bytes, Parent] = {}

    def serve(self) -> None:
        """Start workers until the engine has ended."""
        forget_children()
        for module in _SHARED:
            importlib.import_module(module)
        while self._engine not in select.select([self._listener.fileno(), self._engine], [], [])[0]:
            with self._listener.accept()[0] as connection, suppress(EOFError, KeyError, OSError):  # it helps itself
                connection.settimeout(_PATIENCE)
                self._start_worker(connection)

    def _start_worker(self, connection: socket.socket) -> None:
        request = wire.receive(connection)
        try:
            connection.sendall(ACCEPTED)
            of_worker = {name: request.variables.pop(name) for name in _OF_WORKER}
            descriptors = (connection.fileno(), *request.descriptors)
            self._parent_for(request.variables).start_worker(of_worker, descriptors)
        finally:
            request.close()

    def _parent_for(self, settings: wire.Variables) -> Parent:
        """Return the function's parent, a new one if its code or its settings have changed or the old one is gone."""
        name = settings[b"AWS_LAMBDA_FUNCTION_NAME"]
        known = self._parents.get(name)
        if known and known.settings == settings and known.is_alive():
            return known
        if known:
            known.channel.close()
        self._parents[name] = Parent(settings, self._fork(settings))
        return self._parents[name]

    def _fork(self, settings: wire.Variables) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            in_child(lambda: parent.run(theirs, settings))
        ours.settimeout(_PATIENCE)
        return ours
