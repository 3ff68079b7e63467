"""Saga tests: the real state machine and the real handlers, in process, with moto and without a network."""

from tests.support.fixtures import bus, closed_circuit, log, no_pauses, no_sockets, queues, still, world

__all__ = ["bus", "closed_circuit", "log", "no_pauses", "no_sockets", "queues", "still", "world"]
