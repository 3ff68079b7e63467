"""A mutant: the saga with a guard taken away, and where to look for what that breaks."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any
from unittest.mock import patch

from verification.simulator.choices import Focus

type Change = Callable[[], AbstractContextManager[object]]


@dataclass(frozen=True)
class Mutant:
    """What is changed, by name. `masked_by` says why nobody can notice it: another guard does the same.

    `without` are guards of the database, by the names in the report, that let everything pass.
    """

    name: str
    themes: Sequence[Focus]
    change: Change = nullcontext
    without: frozenset[str] = frozenset()
    masked_by: str = ""


def patched(name: str, what: Any) -> Change:
    """Change what the functions find under a name."""
    return partial(patch, name, what)
