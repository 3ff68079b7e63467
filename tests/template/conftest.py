"""Tests of the deployed files, without a deployment and without sockets."""

from tests.support.fixtures import no_sockets

__all__ = ["no_sockets"]
