"""Tests of the room oidc."""
