"""The answers in JSON that are promised: `contract.json` has the shape of each, for an order that was declined."""

import json
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("contract.json")
_COMMANDS = (
    "order show ORDER",
    "order list --status FAILED --error PaymentDeclined",
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


def asked(order_id: str) -> list[str]:
    """Give the commands, about this order."""
    return [command.replace("ORDER", order_id) for command in _COMMANDS]


def promised() -> dict[str, Any]:
    """Give the shapes, by command; the order's id is ORDER there."""
    shapes: dict[str, Any] = json.loads(_FILE.read_text())
    return shapes
