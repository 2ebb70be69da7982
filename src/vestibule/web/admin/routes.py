"""The Admin API's addresses: one table for each topic, beside its handlers."""

from vestibule.web.admin import audit, client_scopes, clients, realms
from vestibule.web.routing import Route

ADMIN_ROUTES: tuple[Route, ...] = (*realms.ROUTES, *audit.ROUTES, *clients.ROUTES, *client_scopes.ROUTES)
