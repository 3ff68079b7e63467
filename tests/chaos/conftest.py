"""An engine of its own, which remembers its state when it is restarted."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from saga import catalogue
from saga.engine.build import build
from saga.engine.deploy import deploy
from saga.engine.process import Engine
from tests.e2e.conftest import free_port
from tests.e2e.shop import Shop

# As an account's limit on AWS: more are throttled, and tried again. To start a function takes most of a second of a
# core, so of a crowd of them none starts in time, and it is the engine that is tested.
CAPPED = {"LAMBDA_ACCOUNT_CONCURRENCY": "8"}


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    home = tmp_path_factory.mktemp("chaos")
    engine = Engine(home, free_port(), {**CAPPED, "PERSIST_STATE": "1", "STATE_DIR": str(home / "state")})
    engine.start()
    yield engine
    engine.stop()


@pytest.fixture(scope="session")
def shop(engine: Engine) -> Shop:
    return deployed(engine)


@pytest.fixture
def roomy_shop(tmp_path: Path) -> Iterator[Shop]:
    """Give a shop without the cap: of EventBridge, the engine does not try again what was throttled, as AWS does."""
    engine = Engine(tmp_path, free_port())
    engine.start()
    try:
        yield deployed(engine)
    finally:
        engine.stop()


def deployed(engine: Engine) -> Shop:
    stack = deploy(engine, "chaos", {"Stage": "dev"}, build())
    catalogue.seed(stack)
    return Shop(stack)
