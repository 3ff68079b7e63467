"""Places orders, transactions and returns with every payment token, and checks what is left: mixed_load.py.

At first, some of them wait or are parked, because their tokens say so. Then they are cancelled, the gateway is restored
and they are resumed, so that all end. It fails unless everything was accepted and ends, the reconciliation is clean and
no message is a dead letter. It changes the stack's data, so it is for a stack of tests.
"""

import argparse
import json
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from payment.test_tokens import ALWAYS, TEST_TOKENS, Behaviour
from saga.failures import Failure
from saga.operations import gateway
from saga.orders.actions import cancel, resume
from saga.stack import tables
from saga.stack.kinds import RETURN, kind_of
from saga.stack.stack import Stack
from saga.stack.target import Target

ORDERS, TRANSACTIONS, RETURNS = 300, 300, 60
# The gateway never answers some tokens in time, and each attempt takes as long as the timeout.
OFTEN, RARELY = 4, 1
SAGA = Path(sys.executable).with_name("saga")
ROUNDS, PAUSE = 30, 10  # seconds
WHY = "the mixed load is over"


def weight(how: Behaviour) -> int:
    """Return how often a token occurs, compared with the others."""
    return RARELY if ALWAYS in (how.outages, how.late_answers) else OFTEN


def mix() -> str:
    """Return every token with its weight, as `saga load` reads it."""
    weights = {**{token: weight(how) for token, how in TEST_TOKENS.items()}, "out-of-stock": OFTEN}
    return ",".join(f"{kind}={times}" for kind, times in weights.items())


def run(*words: str) -> int:
    """Run a command of `saga` and return its exit code."""
    print(f"$ saga {' '.join(words)}", flush=True)
    return subprocess.run([SAGA, *words], check=False).returncode  # noqa: S603  our own command


def found(*words: str) -> list[object]:
    """Return the list that a command of `saga` prints."""
    answer = subprocess.run([SAGA, *words, "--json"], check=True, capture_output=True, text=True)  # noqa: S603
    return list(json.loads(answer.stdout))


def settle(stack: Stack) -> int:
    """End whatever waits or is parked; return how many are left that do not end."""
    left: list[tables.Item] = []
    for _ in range(ROUNDS):
        rows = [row for row in tables.everything(stack, "OrdersTable") if "status" in row]
        left = [row for row in rows if not tables.has_ended(row)]
        for row in left:
            with suppress(Failure):  # it has moved on
                end(stack, row)
        if not left:
            break
        print(f"{len(left)} have not ended yet", flush=True)
        time.sleep(PAUSE)
    return len(left)


def end(stack: Stack, row: tables.Item) -> None:
    """Do what lets this one end: cancel it while that is possible, else restore the gateway and resume it."""
    if tables.is_paused(row) and row["status"] == "PENDING" and kind_of(row) != RETURN:
        cancel(stack, row["orderId"], WHY)
    elif tables.is_paused(row) or tables.is_parked(row):
        gateway.restore(stack, row["orderId"])
        resume(stack, row["orderId"], WHY)


def main() -> int:
    """Place all of them, and return 1 if something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", default="1", help="of orders and transactions a second")
    rate = parser.parse_args().rate
    counts = {"orders": ORDERS, "transactions": TRANSACTIONS, "returns": RETURNS}
    options = [word for name, count in counts.items() for word in (f"--{name}", str(count))]
    refused = run("load", *options, "--rate", rate, "--mix", mix()) == 1
    run("check")  # finds what the gateway has kept from those that are parked, and nothing else
    run("dlq", "list")
    run("parked", "list")
    left = settle(Target().load())
    violated = run("check") != 0
    return int(refused or violated or left > 0 or found("dlq", "list") != [])


if __name__ == "__main__":
    sys.exit(main())
