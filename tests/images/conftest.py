"""Fixtures of the tests of pictures: the loopback server and the policy that feeds are tested with."""

from tests.ingest.conftest import policy, server

__all__ = ["policy", "server"]
