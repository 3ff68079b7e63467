"""The engine's process: forks the starter of its functions, then runs the engine's own program.

Usage: python -P -m saga.engine.warm MODULE [ARGUMENT...]
"""

import os
import runpy
import socket
import sys
from contextlib import suppress
from socketserver import StreamRequestHandler

from saga.engine.warm.attach import FOLDER, ROOT, SOCKET
from saga.engine.warm.forking import in_child, keep_only
from saga.engine.warm.starter import Starter


def main() -> None:
    """Run the module in the arguments as the main program."""
    sys.path.remove(ROOT)  # functions must not find what isn't deployed
    del os.environ["PYTHONPATH"]
    try:
        fork_starter()
    except OSError as error:  # a folder that is shared with another system may not hold a socket
        print(f"functions will start slowly, without a starter: {error}", file=sys.stderr)
    # The engine answers a worker in two writes. Without this, the second one waits 40 ms for an acknowledgement.
    StreamRequestHandler.disable_nagle_algorithm = True
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def fork_starter() -> None:
    """Fork the starter before this process has threads. It ends when this process does, however that happens."""
    listener = _listen()
    engine, _open_while_we_live = os.pipe()

    def serve() -> None:
        # The lock of the PID file, among others, is the engine's alone.
        keep_only(listener.fileno(), engine)
        Starter(listener, engine).serve()

    in_child(serve)
    listener.close()
    os.close(engine)


def _listen() -> socket.socket:
    listener, before = socket.socket(socket.AF_UNIX), os.getcwd()  # noqa: PTH109 - as attach does
    os.chdir(os.environ[FOLDER])
    with suppress(FileNotFoundError):
        os.unlink(SOCKET)  # noqa: PTH108
    listener.bind(SOCKET)
    listener.listen(128)
    os.chdir(before)
    return listener


if __name__ == "__main__":
    main()
