"""Stock in shards: reserved, released and levelled at the same time, or spread over shards while orders wait."""

from dataclasses import replace

from verification.simulator.faults.fault_injection import ABORTED, SUSPENDED, TASK_TIMEOUT
from verification.simulator.names.saga_table import SAGA, STEPS
from verification.simulator.names.write_sites import OPERATOR, site, sites_of
from verification.simulator.profiles.every_write import CRASHES, FEW, MANY
from verification.simulator.profiles.topics import BUSY, LOST
from verification.simulator.run_plan import STOCK, Profile

_LEVELS = "operator levels stock"
_READS = "reads the catalogue", "reads all rows of a product"
_STATES = tuple(each.state for pair in SAGA.steps if pair[0] in STEPS for each in pair)
_RESERVES = tuple(f"{step.state}: {read}" for step in STEPS for read in _READS) + tuple(site(step) for step in STEPS)

SHARDED = Profile(
    tokens=("pm_ok", "pm_declined"),
    faults=(_LEVELS, TASK_TIMEOUT, SUSPENDED, ABORTED, *LOST, *BUSY),
    environment=(_LEVELS, "duplicate execution", "customer cancels", "step out of turn"),
    orders=(1, 2, 3),
    quantities=(1, 2, STOCK, STOCK + 1),
    sites=(*sites_of(*_STATES, OPERATOR), *_RESERVES),
    shards=(3, 3, 2, 0),
    returns=(0, 0, 1),
)
# What is read moves meanwhile, or somebody else takes it.
MOVED_MEANWHILE = replace(
    SHARDED,
    faults=(_LEVELS, SUSPENDED, "conflict"),
    environment=(_LEVELS,),
    targeted=MANY,
    deviations=FEW,
    budgets=(0,),
    orders=(1, 2),
    quantities=(STOCK, 2, 1),
    baskets=(("monitor",),),
    sites=(*_RESERVES, f"{OPERATOR}: stock moved", f"{OPERATOR}: shards added", f"{OPERATOR}: reads the catalogue"),
    shards=(3, 2, 0),
)
COMMAND_CRASHES = replace(
    MOVED_MEANWHILE,
    faults=(*CRASHES, _LEVELS),
    always=(_LEVELS,),
    sites=sites_of(OPERATOR),
    shards=(2, 0),
)
