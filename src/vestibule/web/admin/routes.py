"""The Admin API's addresses: one table for each topic, beside its handlers."""

from vestibule.web.admin import (
    actions,
    audit,
    client_scopes,
    clients,
    expiries,
    federated_identities,
    groups,
    identity_provider_tests,
    identity_providers,
    outbound_addresses,
    realms,
    role_mappings,
    roles,
    user_credentials,
    users,
)
from vestibule.web.routing import Route

ADMIN_ROUTES: tuple[Route, ...] = (
    *realms.ROUTES,
    *actions.ROUTES,
    *audit.ROUTES,
    *expiries.ROUTES,
    *clients.ROUTES,
    *client_scopes.ROUTES,
    *users.ROUTES,
    *user_credentials.ROUTES,
    *federated_identities.ROUTES,
    *identity_providers.ROUTES,
    *identity_provider_tests.ROUTES,
    *groups.ROUTES,
    *roles.ROUTES,
    *role_mappings.ROUTES,
    *outbound_addresses.ROUTES,
)
