"""Keycloak-shaped JSON of realms, clients, users and events: reading and writing."""
