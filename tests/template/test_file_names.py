"""A file's name says what is in it, so no name is used for many things."""

import subprocess
from collections import Counter
from pathlib import Path

from tests.support.template import ROOT

# Every package has its entry point, its rules and its writes; these names mean the same everywhere.
SHARED = {"__init__.py", "__main__.py", "app.py", "conftest.py", "domain.py", "store.py"}


def test_no_module_has_the_name_of_more_than_one_other() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    present = [Path(file) for file in listed if (ROOT / file).exists()]
    names = Counter(file.name for file in present if file.name not in SHARED and not file.name.startswith("test_"))
    assert len(names) > 100
    assert {name: count for name, count in names.items() if count > 2} == {}
