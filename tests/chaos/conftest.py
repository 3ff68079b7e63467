"""Chaos: as end to end, but it takes the machine for itself and is not part of every test run."""

from tests.e2e.conftest import engine, shop

__all__ = ["engine", "shop"]
