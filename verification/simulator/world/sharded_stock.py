"""Stock that is spread over shards, and the operator who levels it with the command."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import patch

from botocore.exceptions import BotoCoreError, ClientError

from product import stock_rows
from saga.failures import Failure
from saga.stack import sharding
from saga.stack.products import TABLE
from saga.stack.stack import Stack
from sagakit import dynamodb
from verification.simulator.dynamodb.expressions import Item
from verification.simulator.names.write_sites import OPERATOR
from verification.simulator.run_plan import STOCK
from verification.simulator.world.scheduler import Actor, Result
from verification.simulator.world.virtual_clock import VirtualClock

if TYPE_CHECKING:
    from verification.simulator.world.simulation import Simulation


class _Session:
    """A session with the functions' client, which is connected to the simulated tables."""

    def client(self, _service: str) -> object:
        return dynamodb.client


_STACK = Stack("simulated", cast("Any", _Session()), {TABLE: os.environ["INVENTORY_TABLE"]}, "")


def stocked(product: str, price: int, shards: int) -> Iterator[Item]:
    """Yield the rows of a product. Its stock is in its shards, if it has any."""
    left = 0 if shards else STOCK
    told = {"shards": shards} if shards else {}
    yield {"productId": product, "name": product, "price": price, "available": left, "stocked": STOCK, **told}
    for number, row in enumerate(stock_rows(product, shards)[1:]):
        yield {"productId": row, "shardOf": product, "available": STOCK // shards + (number < STOCK % shards)}


@contextmanager
def choosing_shards(clock: VirtualClock) -> Iterator[None]:
    """Make the same schedule choose the same shards, and know of none at first."""
    choose = SimpleNamespace(choice=lambda options: options[clock.true % len(options)])
    with ExitStack() as patches:
        patches.enter_context(patch("inventory.shards.random", choose))
        patches.enter_context(patch.dict("inventory.shards._known", clear=True))
        yield


def level(sim: "Simulation", product: str, shards: int) -> None:
    """Let the operator spread a product's stock over so many shards."""

    def command() -> None:
        try:
            sharding.shard(_STACK, product, shards)
        except (Failure, BotoCoreError, ClientError) as error:
            sim.trace.add("operator", f"is told: {error}")

    def ended(result: Result) -> None:
        if result.cause and result.cause != "the process died":
            sim.violations.append(f"the command ends: {result.error}: {result.cause}")

    sim.scheduler.spawn(Actor("operator", OPERATOR, command, ended))
