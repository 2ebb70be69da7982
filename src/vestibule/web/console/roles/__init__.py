"""Realm roles: the list, and a role's page with its tabs."""
