"""A worker: runs a function's handler for one event after the other."""

import importlib
import os
import signal
import socket
import sys
import threading
from typing import Any

from saga.engine.warm import logs, wire
from saga.engine.warm.attach import READY, ROOT
from saga.engine.warm.forking import keep_only
from saga.engine.warm.invocation import Handler, failure_of_import, outcome
from saga.engine.warm.runtime_api import RuntimeApi

_TRACE = "_X_AMZN_TRACE_ID"


def load() -> Handler:
    """Import the handler that the environment names, with logs as Lambda has them."""
    logs.install()
    folder = os.environ["LAMBDA_TASK_ROOT"]
    os.chdir(folder)
    sys.path.insert(0, folder)
    module, _, name = os.environ["_HANDLER"].rpartition(".")
    handler: Handler = getattr(importlib.import_module(module.replace("/", ".")), name)
    return handler


def attached(handler: Handler, request: wire.Message) -> None:
    """Serve in a forked process, for as long as the bootstrap lives that asked for it."""
    descriptor, *output = request.descriptors
    for number, each in zip((1, 2), output, strict=True):
        os.dup2(each, number)
    keep_only(descriptor)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environb.update(request.variables)
    bootstrap = socket.socket(fileno=descriptor)
    if _is_wanted(bootstrap):
        threading.Thread(target=_end_with, args=[bootstrap], daemon=True).start()
        serve(handler)


def serve(handler: Handler) -> None:
    """Handle events until the engine has ended, which raises an OSError."""
    api = RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"])
    while True:
        invocation = api.next()
        os.environ[_TRACE] = invocation.trace_id
        logs.begin(invocation.request_id)
        answer = outcome(handler, invocation)
        logs.end()
        api.answer(invocation.request_id, answer)


def _is_wanted(bootstrap: socket.socket) -> bool:
    """Return whether the bootstrap is still there. It may have lost patience."""
    bootstrap.settimeout(None)
    try:
        bootstrap.sendall(READY)
        return bootstrap.recv(1) == READY
    except ConnectionError:
        return False


def _end_with(bootstrap: socket.socket) -> None:
    bootstrap.recv(1)
    os._exit(1)


def main() -> None:
    """Serve without a parent: the bootstrap has become this process."""
    sys.path.remove(ROOT)
    del os.environ["PYTHONPATH"]
    try:
        handler: Any = load()
    except Exception as error:
        RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"]).report(failure_of_import(error))
        raise
    serve(handler)


if __name__ == "__main__":
    main()
