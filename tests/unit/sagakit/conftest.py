"""Tests of the kit may use queues."""

from tests.support.fixtures import queues

__all__ = ["queues"]
