"""What goes wrong while orders come in: one mishap after the other, in a thread, until it is over."""

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
LOOKS, LOOK_PAUSE = 50, 0.1  # how often, and with what pause in seconds, it looks for what it may abort

type Mishap = Callable[[Shop, Engine, threading.Event], bool]

_chance = random.Random(1)


def kill(_shop: Shop, engine: Engine, _over: threading.Event) -> bool:
    """Kill the process of some function, whatever it is doing."""
    running = processes.of_functions(engine)
    if not running:
        return False
    with suppress(ProcessLookupError):
        os.kill(_chance.choice(running), signal.SIGKILL)
    return True


def abort(shop: Shop, _engine: Engine, over: threading.Event) -> bool:
    """Stop some execution, in whatever state it is, as soon as one runs."""
    client = shop.client("stepfunctions")
    for _ in range(LOOKS):
        for execution in _running(shop):
            with suppress(client.exceptions.ClientError):  # it has ended meanwhile
                client.stop_execution(executionArn=execution)
                return True
        over.wait(LOOK_PAUSE)
    return False


def _running(shop: Shop) -> list[str]:
    machine = shop.stack.outputs["StateMachineArn"]
    found = shop.client("stepfunctions").list_executions(stateMachineArn=machine, statusFilter="RUNNING")["executions"]
    return [execution["executionArn"] for execution in _chance.sample(found, len(found))]


def relay_outage(shop: Shop, _engine: Engine, over: threading.Event) -> bool:
    """Have the relay off for a while."""
    with shop.relay_off():
        over.wait(OUTAGE)
    return True


ONE_AFTER_THE_OTHER: tuple[Mishap, ...] = (kill, abort, kill, relay_outage, kill, abort)


@contextmanager
def mishaps(shop: Shop, engine: Engine) -> Iterator[Counter[str]]:
    """Let them happen meanwhile; counts those that did."""
    over, happened = threading.Event(), Counter[str]()

    def go_wrong() -> None:
        for mishap in cycle(ONE_AFTER_THE_OTHER):
            if over.wait(PAUSE):
                return
            happened[mishap.__name__] += mishap(shop, engine, over)

    thread = threading.Thread(target=go_wrong)
    thread.start()
    try:
        yield happened
    finally:
        over.set()
        thread.join()
