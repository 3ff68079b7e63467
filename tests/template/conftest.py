"""Tests of what is deployed, without deploying it and without sockets."""

from tests.support.fixtures import no_sockets

__all__ = ["no_sockets"]
