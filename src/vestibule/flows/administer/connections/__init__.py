"""Administering connections: the identity providers of a realm. Page, Admin API and realm file bring the
same document."""
