"""The address on which containers reach the engine: that of their bridge."""

from pathlib import Path

import pytest

from saga.engine.port import require_bridge
from saga.engine.process import Engine
from saga.failures import UsageFailure


@pytest.fixture
def no_sockets() -> None:
    """Allow sockets: only the system knows its addresses."""


@pytest.mark.parametrize("address", ["0.0.0.0", "127.0.0.1", "8.8.8.8", "::1", "bridge", ""])  # noqa: S104
def test_the_engine_does_not_listen_where_anybody_or_no_container_reaches_it(address: str) -> None:
    with pytest.raises(UsageFailure, match="is not the address of a bridge"):
        require_bridge(address)


def test_the_address_of_a_bridge_must_be_one_of_this_machine() -> None:
    with pytest.raises(UsageFailure, match=r"cannot listen on 10\.255\.255\.254: .*Does the bridge exist"):
        require_bridge("10.255.255.254")


def test_containers_reach_an_engine_only_by_its_bridge(tmp_path: Path) -> None:
    assert Engine(tmp_path, 4999, bridge="172.17.0.1").endpoint_of_containers == "http://172.17.0.1:4999"
    with pytest.raises(UsageFailure, match="ENGINE_LISTEN=ADDRESS"):
        _ = Engine(tmp_path, 4999).endpoint_of_containers


def test_a_running_engine_is_not_moved_to_another_bridge(tmp_path: Path) -> None:
    engine = Engine(tmp_path, 4999, bridge="127.0.0.2")
    with engine.pid_file.claim():
        engine.pid_file.write(pid=1, port=4999, bridge="127.0.0.3")
        with pytest.raises(UsageFailure, match=r"does not listen on 127\.0\.0\.2"):
            engine.start()
        assert Engine.running_at(tmp_path).bridge == "127.0.0.3"
