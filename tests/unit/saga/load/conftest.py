"""Load: real tables in memory, real handlers."""

from tests.unit.saga.operations.wiring import asked, bus, functions, stack

__all__ = ["asked", "bus", "functions", "stack"]
