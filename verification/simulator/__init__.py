"""Deterministic simulation testing: the real handlers and state machine in one process, with faults at any call."""

import os
import sys
from pathlib import Path

if not any(Path(path).name == "functions" for path in sys.path):  # under pytest it is there already
    sys.path.insert(0, str(Path(__file__).parents[2] / "functions"))

import tests.support.settings  # noqa: F401  must come before any import of the functions

os.environ.setdefault("TRANSACTION_DEADLINE_SECONDS", os.environ["ORDER_DEADLINE_SECONDS"])
