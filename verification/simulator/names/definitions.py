"""The definitions of the state machines, their placeholders unresolved."""

import json
from functools import cache
from typing import Any

from sagakit.saga import Coordinator
from tests.support.template import ROOT
from verification.simulator.names.saga_table import SAGAS


@cache
def definition(saga: str) -> dict[str, Any]:
    """Return the definition of the saga's state machine."""
    return dict(json.loads((ROOT / "statemachine" / f"{saga}_saga.asl.json").read_text()))


@cache
def tasks() -> dict[str, dict[str, Any]]:
    """Return the task states of all state machines by name."""
    machines = [definition(saga.name) for saga in SAGAS if saga.coordinator is Coordinator.STATE_MACHINE]
    return {name: state for each in machines for name, state in each["States"].items() if state["Type"] == "Task"}
