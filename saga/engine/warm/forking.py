"""Children that run a function and end."""

import os
import signal
import traceback
from collections.abc import Callable
from itertools import pairwise


def in_child(run: Callable[[], object]) -> int:
    """Call `run` in a forked process, which ends when it returns or raises. Return the process's ID."""
    if pid := os.fork():
        return pid
    try:
        run()
    except EOFError:  # whoever asked for it is gone
        pass
    except BaseException:  # noqa: BLE001 - it must not go on as its parent
        traceback.print_exc()
    finally:
        os._exit(1)


def forget_children() -> None:
    """Let the system reap the children that end."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)


def keep_only(*descriptors: int) -> None:
    """Close all other descriptors that were inherited, except the standard ones."""
    kept = [2, *sorted(descriptors), 1024]
    for low, high in pairwise(kept):
        os.closerange(low + 1, high)
