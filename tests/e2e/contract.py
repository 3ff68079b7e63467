"""The JSON contract of the command: `contract.json` has the shape of each answer, for a declined order."""

import json
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("contract.json")
_COMMANDS = (
    "order show ORDER",
    "order list --kind order --status FAILED --error PaymentDeclined",
    "order events ORDER",
    "order logs ORDER",
    "order export ORDER",
    "order diff ORDER ORDER",
    "order cancel ORDER --reason x --dry-run",
    "graph ORDER",
    "graph",
    "check",
    "url",
)


def covered(order_id: str) -> list[str]:
    """Return the commands of the contract, for this order."""
    return [command.replace("ORDER", order_id) for command in _COMMANDS]


def promised() -> dict[str, Any]:
    """Return the shapes by command, in which the order's ID is ORDER."""
    shapes: dict[str, Any] = json.loads(_FILE.read_text())
    return shapes
