"""The Admin API: JSON in the shape that Keycloak's tools know, over the console's use cases."""
