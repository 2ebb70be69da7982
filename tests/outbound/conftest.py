"""Fixtures of these tests; they stand in surroundings.py, since the attacks use them too."""

from tests.outbound.surroundings import fixture_authority, fixture_names

__all__ = ["fixture_authority", "fixture_names"]
