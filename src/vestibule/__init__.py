"""Vestibule: a self-hosted single sign-on service."""

__version__ = "0.1.0.dev0"
