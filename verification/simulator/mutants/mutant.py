"""A mutant: the saga without one of its guards, and the profiles that should reveal it."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any
from unittest.mock import patch

from verification.simulator.run_plan import Profile

type Change = Callable[[], AbstractContextManager[object]]


@dataclass(frozen=True)
class Mutant:
    """A change of the code or, in `without`, guards that let everything pass, by their names or roles.

    `masked_by` is the reason why no schedule reveals it: another guard has the same effect.
    """

    name: str
    profiles: Sequence[Profile]
    change: Change = nullcontext
    without: frozenset[str] = frozenset()
    masked_by: str = ""


def patched(name: str, replacement: Any) -> Change:
    """Replace what the functions import under a name."""
    return partial(patch, name, replacement)
