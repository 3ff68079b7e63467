"""The circuit breaker in front of the gateway."""

import time
from collections.abc import Callable

import pytest

from payment.breaker import CIRCUIT, GuardedGateway, config
from payment.domain import RefundRefused
from payment.simulated import SimulatedGateway
from sagakit.errors import TransientError
from tests.support import world

pytestmark = pytest.mark.usefixtures("world")

NOW = "aws_lambda_powertools.utilities.circuit_breaker.base.CircuitBreakerHandler._now"
gateway = GuardedGateway(SimulatedGateway())


def intent(token: str) -> str:
    return gateway.create_intent(key=f"{token}-create", amount=100, currency="USD", token=token).id


def confirmed(intent_id: str) -> str:
    return gateway.confirm(intent_id, key=f"{intent_id}-confirm").status


def calls(intent_id: str) -> int:
    row = next(row for row in world.intents() if row["id"] == intent_id)
    return int(row.get("confirms", 0))


def broken(times: int) -> str:
    """Make the gateway fail so many times in a row."""
    down = intent("pm_unavailable")
    for _ in range(times):
        with pytest.raises(TransientError, match="503"):
            confirmed(down)
    return down


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> int:
    """Freeze the breaker's clock."""
    seconds = int(time.time())
    monkeypatch.setattr(NOW, staticmethod(lambda: seconds))
    return seconds


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch, now: int) -> Callable[[], None]:
    """Return a function that advances the clock until a probe is due."""
    return lambda: monkeypatch.setattr(NOW, staticmethod(lambda: now + config.recovery_timeout))


def test_ten_failures_in_a_row_open_the_circuit_and_spare_the_gateway() -> None:
    down = broken(config.failure_threshold)
    with pytest.raises(TransientError, match="the gateway's circuit is OPEN"):
        confirmed(down)
    assert calls(down) == config.failure_threshold


def test_a_success_in_between_resets_the_count() -> None:
    healthy = intent("pm_ok")
    down = broken(config.failure_threshold - 1)
    confirmed(healthy)
    with pytest.raises(TransientError, match="503"):
        confirmed(down)
    assert confirmed(healthy) == "succeeded"


def test_declines_do_not_count() -> None:
    declined = intent("pm_declined")
    assert {confirmed(declined) for _ in range(2 * config.failure_threshold)} == {"declined"}


def test_refused_refunds_do_not_count() -> None:
    refused = intent("pm_refund_refused")
    with pytest.raises(TransientError):
        confirmed(refused)
    for _ in range(2 * config.failure_threshold):
        with pytest.raises(RefundRefused, match="charge_disputed"):
            gateway.refund(refused)


def test_after_a_while_a_probe_that_succeeds_closes_the_circuit(later: Callable[[], None]) -> None:
    healthy = intent("pm_ok")
    broken(config.failure_threshold)
    later()
    assert confirmed(healthy) == "succeeded"
    assert [row["state"] for row in world.rows("CIRCUIT_BREAKER") if row["id"] == CIRCUIT] == ["CLOSED"]


def test_a_probe_that_is_refused_closes_the_circuit_too(later: Callable[[], None]) -> None:
    refused = intent("pm_refund_refused")
    with pytest.raises(TransientError, match="in time"):
        confirmed(refused)
    broken(config.failure_threshold)
    later()
    with pytest.raises(RefundRefused, match="charge_disputed"):
        gateway.refund(refused)
    assert [row["state"] for row in world.rows("CIRCUIT_BREAKER") if row["id"] == CIRCUIT] == ["CLOSED"]


def test_a_probe_that_fails_reopens_the_circuit(later: Callable[[], None]) -> None:
    down = broken(config.failure_threshold)
    later()
    with pytest.raises(TransientError, match="503"):
        confirmed(down)
    with pytest.raises(TransientError, match="OPEN"):
        confirmed(down)


def test_transitions_of_the_circuit_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    broken(config.failure_threshold)
    assert '"CircuitTransitions":[1.0]' in capsys.readouterr().out
