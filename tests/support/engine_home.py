"""Which engine the command uses in a test."""

import sys
from pathlib import Path

import pytest

from saga.cli.app import COMMANDS, load
from saga.engine import project


def use_engine(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all commands in this process use the engine whose files are in `home`."""
    for name in [name for listed in COMMANDS.values() for name in listed]:
        load(name)
    for module in [module for name, module in sys.modules.items() if name.startswith("saga.")]:
        if vars(module).get("ENGINE_HOME") == project.ENGINE_HOME and module is not project:
            monkeypatch.setattr(module, "ENGINE_HOME", home)
    monkeypatch.setattr(project, "ENGINE_HOME", home)
