"""A separate engine that keeps its state across restarts."""

from collections.abc import Iterator

import pytest

from saga.engine.build import build
from saga.engine.process import Engine
from saga.local import catalogue
from saga.local.deploy import deploy
from tests.e2e.conftest import free_port
from tests.e2e.shop import Shop


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    home = tmp_path_factory.mktemp("chaos")
    engine = Engine(home, free_port(), {"PERSIST_STATE": "1", "STATE_DIR": str(home / "state")})
    engine.start()
    yield engine
    engine.stop()


@pytest.fixture(scope="session")
def shop(engine: Engine) -> Shop:
    return deployed(engine)


@pytest.fixture(scope="session")
def uncapped_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return a shop without the cap, for tests whose clients don't try again."""
    engine = Engine(tmp_path_factory.mktemp("uncapped"), free_port())
    engine.start()
    try:
        yield deployed(engine)
    finally:
        engine.stop()


def deployed(engine: Engine) -> Shop:
    stack = deploy(engine, "chaos", {"Stage": "dev"}, build())
    catalogue.seed(stack)
    return Shop(stack)
