"""Unit tests: real handlers over moto, in process, without sockets."""

from tests.support.fixtures import no_pauses, no_sockets, world

__all__ = ["no_pauses", "no_sockets", "world"]
