"""All profiles by name, from the modules of this package."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from verification.simulator.faults.fault_injection import FAULT_NAMES
from verification.simulator.names.saga_table import HAS_QUEUES
from verification.simulator.names.write_sites import SITES
from verification.simulator.profiles import (
    circuit_states,
    decision_races,
    every_write,
    messages,
    returns,
    sharded_stock,
    step_races,
    topics,
    waiting_writes,
)
from verification.simulator.run_plan import Profile
from verification.simulator.schedule.deviations import ENVIRONMENT_NAMES

FAULTS, ACTIONS = {*FAULT_NAMES, *ENVIRONMENT_NAMES}, {*ENVIRONMENT_NAMES}
# A second run is behind the first in its group, so it takes a message that is visible again for two at once.
INSTEAD = {"duplicate execution": ("duplicate execution", "messages visible again")} if HAS_QUEUES else {}


def fitting(profile: Profile) -> Profile:
    """Return the profile without what this coordinator does not have."""
    if HAS_QUEUES:
        profile = replace(profile, express=(False,), aborts=(0,), returns=(0,))
    return replace(
        profile,
        faults=tuple(each for name in profile.faults for each in INSTEAD.get(name, (name,)) if each in FAULTS),
        environment=tuple(name for name in profile.environment if name in ACTIONS),
        always=tuple(name for name in profile.always if name in ACTIONS),
        sites=tuple(site for site in profile.sites if site in SITES or site.partition(": ")[2].startswith("reads "))
        or SITES,
    )


def _profiles(name: str, value: Any) -> Iterator[tuple[str, Profile]]:
    """Return a module's profile, or each profile of a tuple; a name with an underscore is only a base for others."""
    if isinstance(value, Profile) and not name.startswith("_"):
        yield name, fitting(value)
    elif isinstance(value, tuple):
        for number, each in enumerate(value, 1):
            yield from _profiles(f"{name} {number}", each)


MODULES = (
    *(topics, every_write, waiting_writes, circuit_states, step_races, decision_races, sharded_stock),
    messages if HAS_QUEUES else returns,
)
PROFILES = dict(each for module in MODULES for pair in vars(module).items() for each in _profiles(*pair))
