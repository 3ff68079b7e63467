"""All profiles by name, from the modules of this package."""

from collections.abc import Iterator
from typing import Any

from verification.simulator.profiles import (
    circuit_states,
    decision_races,
    every_write,
    step_races,
    topics,
    waiting_writes,
)
from verification.simulator.run_plan import Profile


def _profiles(name: str, value: Any) -> Iterator[tuple[str, Profile]]:
    """Return a module's profile, or each profile of a tuple; a name with an underscore is only a base for others."""
    if isinstance(value, Profile) and not name.startswith("_"):
        yield name, value
    elif isinstance(value, tuple):
        for number, each in enumerate(value, 1):
            yield from _profiles(f"{name} {number}", each)


MODULES = (topics, every_write, waiting_writes, circuit_states, step_races, decision_races)
PROFILES = dict(each for module in MODULES for pair in vars(module).items() for each in _profiles(*pair))
