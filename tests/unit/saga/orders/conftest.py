"""Orders: recorded ones, and real tables in memory."""

from tests.unit.saga.operations.wiring import asked, bus, functions, stack

__all__ = ["asked", "bus", "functions", "stack"]
