"""Failures while orders come in: one mishap after another, in a thread."""

import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import cycle

from saga.engine.process import Engine
from tests.chaos import processes
from tests.e2e.shop import Shop

PAUSE = 2  # seconds between two mishaps
OUTAGE = 8  # seconds that the relay is off
POLLS, POLL_PAUSE = 50, 0.1  # how often, and with which pause in seconds, it looks for an execution to abort

type Mishap = Callable[[Shop, Engine, threading.Event], bool]

_chance = random.Random(1)


def kill(_shop: Shop, engine: Engine, _over: threading.Event) -> bool:
    """Kill the process of a random function."""
    running = processes.of_functions(engine)
    if not running:
        return False
    with suppress(ProcessLookupError):
        os.kill(_chance.choice(running), signal.SIGKILL)
    return True


def abort(shop: Shop, _engine: Engine, over: threading.Event) -> bool:
    """Stop a random execution, in any state, as soon as one is running."""
    client = shop.client("stepfunctions")
    for _ in range(POLLS):
        for execution in _running(shop):
            with suppress(client.exceptions.ClientError):  # it has ended in the meantime
                client.stop_execution(executionArn=execution)
                return True
        over.wait(POLL_PAUSE)
    return False


def _running(shop: Shop) -> list[str]:
    machine = shop.stack.outputs["StateMachineArn"]
    found = shop.client("stepfunctions").list_executions(stateMachineArn=machine, statusFilter="RUNNING")["executions"]
    return [execution["executionArn"] for execution in _chance.sample(found, len(found))]


def relay_outage(shop: Shop, _engine: Engine, over: threading.Event) -> bool:
    """Switch the relay off for a while."""
    with shop.relay_off():
        over.wait(OUTAGE)
    return True


SEQUENCE: tuple[Mishap, ...] = (kill, abort, kill, relay_outage, kill, abort)


@contextmanager
def mishaps(shop: Shop, engine: Engine) -> Iterator[Counter[str]]:
    """Cause mishaps during the block; yield their counts."""
    over, happened = threading.Event(), Counter[str]()

    def cause_mishaps() -> None:
        for mishap in cycle(SEQUENCE):
            if over.wait(PAUSE):
                return
            happened[mishap.__name__] += mishap(shop, engine, over)

    thread = threading.Thread(target=cause_mishaps)
    thread.start()
    try:
        yield happened
    finally:
        over.set()
        thread.join()
