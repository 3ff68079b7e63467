"""End-to-end tests: the real template on their own engine, with each function under its own role."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from saga.engine.build import build
from saga.engine.process import Engine
from saga.local import catalogue
from saga.local.deploy import deploy
from saga.stack.target import DEFAULT_STACK
from tests.e2e.command import Command
from tests.e2e.shop import Shop, eventually
from tests.support.engine_home import use_engine

SWEEP_PAUSE = 5  # seconds


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    home: Path = tmp_path_factory.mktemp("engine")
    engine = Engine(home, free_port())
    engine.start()
    yield engine
    engine.stop()


@pytest.fixture(scope="session")
def shop(engine: Engine) -> Iterator[Shop]:
    parameters = {"Stage": "dev", "WorkflowType": os.environ.get("WORKFLOW_TYPE", "STANDARD")}
    stack = deploy(engine, DEFAULT_STACK, parameters, build())
    catalogue.seed(stack)
    shop = Shop(stack)
    if os.environ.get("STATUS_RULE") == "disabled":
        with without_status_rule(shop):
            yield shop
    else:
        yield shop


@contextmanager
def without_status_rule(shop: Shop) -> Iterator[None]:
    """Disable the rule about broken executions, which EXPRESS doesn't have, so that only the sweeper is left.

    Orders without a running execution are due early.
    """
    shop.client("events").disable_rule(Name=shop.physical_id("RecoverOrderFunctionExecutionBroke"))
    over = threading.Event()

    def pass_by() -> None:
        while not over.wait(SWEEP_PAUSE):
            for order_id in shop.abandoned():
                shop.make_due(order_id)
            shop.sweep()

    time_passes = threading.Thread(target=pass_by)
    time_passes.start()
    try:
        yield
    finally:
        over.set()
        time_passes.join()


@pytest.fixture(scope="session", autouse=True)
def to_be_parked(shop: Shop) -> list[str]:
    """Place two orders at the start that cannot be refunded, and cancel them when they are charged."""
    shop.stock("unrefundable", 2)
    orders = [shop.place(shop.order("unrefundable", 1, "pm_refund_refused")) for _ in range(2)]
    eventually(lambda: all(shop.net_charge(order_id) for order_id in orders), "the orders were not charged")
    for order_id in orders:
        assert shop.cancel(order_id)[0] == 202
    return orders


@pytest.fixture
def command(engine: Engine, shop: Shop, tmp_path: Path) -> Command:
    assert shop.stack.name == DEFAULT_STACK
    return Command(engine.home, tmp_path)


@pytest.fixture
def in_process(engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
    """Run the command in this process, which is faster than a process for each."""
    use_engine(engine.home, monkeypatch)
    monkeypatch.chdir(tmp_path)
    return CliRunner()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
