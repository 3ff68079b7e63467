"""The fault explorer: the real handlers and the real state machine, in process, with a fault at any boundary."""

import sys
from pathlib import Path

if not any(Path(path).name == "functions" for path in sys.path):  # pytest has put it there already
    sys.path.insert(0, str(Path(__file__).parents[2] / "functions"))

import tests.support.settings  # noqa: F401  before anything of the functions is imported
