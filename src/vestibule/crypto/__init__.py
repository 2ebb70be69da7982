"""Signing keys, JOSE, secrets at rest and password hashing."""
