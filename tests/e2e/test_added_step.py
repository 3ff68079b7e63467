"""The worked example of docs/adding-a-step.md on its own engine: the new step works, and every tool knows it."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from saga.engine.process import Engine
from saga.engine.project import ROOT
from saga.stack.stack import Stack
from saga.stack.target import DEFAULT_STACK
from tests.docs.following import copied, follow, run
from tests.e2e.conftest import free_port
from tests.e2e.shop import Shop

TOO_MANY = 501  # pieces for one van
OF_EVENTS = """
import json, sys
from dataclasses import replace
from pathlib import Path
from saga.orders.record import of_json
from saga.orders.states import statuses
record = replace(of_json(Path(sys.argv[1]).read_text()), executions=())
print(json.dumps({name: status.outcome for name, status in statuses(record).items()}))
"""


@pytest.fixture(scope="session")
def to_be_parked() -> list[str]:
    """Use nothing of the engine that the other tests share."""
    return []


@dataclass(frozen=True)
class Added:
    """The copy, with its own command and its own engine."""

    home: Path
    engine_home: Path
    port: int

    def saga(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the copy's command."""
        settings = {"ENGINE_HOME": str(self.engine_home), "ENGINE_PORT": str(self.port), "HOME": str(self.home)}
        return run(self.home, "python", "-m", "saga", *arguments, **settings)

    def json(self, *arguments: str) -> Any:
        """Run it with --json and return its output."""
        return json.loads(self.saga(*arguments, "--json").stdout)

    def drawn(self, order_id: str) -> dict[str, str]:
        """Return the outcome that `saga graph` draws for each state."""
        return {each["state"]: each["outcome"] for each in self.json("graph", order_id)}

    def drawn_without_history(self, order_id: str) -> dict[str, str]:
        """Return the outcomes that are drawn without a history of executions, as for EXPRESS."""
        record = self.home / f"{order_id}.json"
        self.saga("order", "export", order_id, "--out", str(record))
        return dict(json.loads(run(self.home, "python", "-c", OF_EVENTS, str(record)).stdout))


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Added]:
    home = follow(copied(tmp_path_factory.mktemp("repository")))
    for environment in (".venv", ".venv-engine"):
        (home / environment).symlink_to(ROOT / environment)
    added = Added(home, tmp_path_factory.mktemp("engine"), free_port())
    try:
        up = added.saga("up")
        assert up.returncode == 0, up.stderr
        engine = Engine.running_at(added.engine_home)
        Shop(Stack.load(engine.session(), DEFAULT_STACK, engine.endpoint)).stock("screws", TOO_MANY, price=1)
        yield added
    finally:
        added.saga("down")


@pytest.fixture(scope="module")
def confirmed(added: Added) -> str:
    """Place an order that takes the new step."""
    placed = added.saga("order", "place", "--item", "monitor:2", "--wait", "--json")
    assert placed.returncode == 0, placed.stdout + placed.stderr
    return str(json.loads(placed.stdout)["orderId"])


@pytest.fixture(scope="module")
def refused(added: Added) -> str:
    """Place an order that the new step refuses."""
    placed = added.saga("order", "place", "--item", f"screws:{TOO_MANY}", "--wait", "--json")
    assert placed.returncode == 1, placed.stdout + placed.stderr
    return str(json.loads(placed.stdout)["orderId"])


def events_by_type(added: Added, order_id: str) -> dict[str, Any]:
    return {each["type"]: each for each in added.json("order", "events", order_id)}


def test_an_order_that_takes_the_new_step_is_confirmed_and_shown_with_it(added: Added, confirmed: str) -> None:
    order = added.json("order", "show", confirmed)
    assert (order["status"], [(each["state"], each["outcome"]) for each in order["path"]][2]) == (
        "CONFIRMED",
        ("BookShipment", "succeeded"),
    )
    booked = events_by_type(added, confirmed)["ShipmentBooked"]
    assert (booked["states"], booked["detail"]) == (["BookShipment"], {"pieces": 2})
    for drawn in (added.drawn(confirmed), added.drawn_without_history(confirmed)):
        assert (drawn["BookShipment"], drawn["VoidShipment"]) == ("succeeded", "not reached")
        assert drawn["ConfirmOrder"] == "succeeded"


def test_an_order_that_the_new_step_refuses_is_undone_and_shown_with_the_refusal(added: Added, refused: str) -> None:
    order = added.json("order", "show", refused)
    assert (order["status"], order["reason"]["reason"]) == ("FAILED", "Undeliverable")
    assert "501 pieces, 500 at most" in order["outcome"]
    events = events_by_type(added, refused)
    assert events["ShipmentRejected"]["states"] == ["BookShipment"]
    assert events["PaymentRefunded"]["money"] == -TOO_MANY / 100
    assert events["InventoryReleased"]["stock"] == {"screws": TOO_MANY}
    for drawn in (added.drawn(refused), added.drawn_without_history(refused)):
        assert drawn["BookShipment"] == "caught error"
        undone = {
            drawn[state] for state in ("CancelOrder", "VoidShipment", "RefundPayment", "ReleaseInventory", "FailOrder")
        }
        assert (undone, drawn["ConfirmOrder"]) == ({"succeeded"}, "not reached")


def test_the_reconciliation_knows_the_new_step(added: Added, confirmed: str, refused: str) -> None:
    assert confirmed != refused
    checked = added.saga("check", "--json")
    assert (json.loads(checked.stdout), checked.returncode) == ({"violations": []}, 0)
