"""Unit tests: real handlers over moto, in process, without sockets."""

from tests.support.fixtures import bus, closed_circuit, log, no_pauses, no_sockets, still, world

__all__ = ["bus", "closed_circuit", "log", "no_pauses", "no_sockets", "still", "world"]
