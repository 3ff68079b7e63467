"""Where the project's own tools and files are."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = ROOT / ".venv" / "bin"
ENGINE_BIN = ROOT / ".venv-engine" / "bin"
ENGINE_HOME = Path(os.environ.get("ENGINE_HOME", ROOT / ".engine"))


def search_path(first: Path) -> str:
    """The PATH of a child that must find the programs of `first` before any other."""
    return f"{first}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
