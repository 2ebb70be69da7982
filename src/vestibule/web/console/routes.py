"""The console's addresses, each with the right that it needs. What takes part in signing in is open."""

from vestibule.web.console import entering
from vestibule.web.console.audit.routes import ROUTES as AUDIT_ROUTES
from vestibule.web.console.client_scopes.routes import ROUTES as CLIENT_SCOPE_ROUTES
from vestibule.web.console.clients.routes import ROUTES as CLIENT_ROUTES
from vestibule.web.console.desk import change, see
from vestibule.web.console.expiries.routes import ROUTES as EXPIRY_ROUTES
from vestibule.web.console.groups.routes import ROUTES as GROUP_ROUTES
from vestibule.web.console.identity_providers.routes import ROUTES as PROVIDER_ROUTES
from vestibule.web.console.integrations import applications, dashboard, guide
from vestibule.web.console.roles.routes import ROUTES as ROLE_ROUTES
from vestibule.web.console.settings.routes import ROUTES as SETTINGS_ROUTES
from vestibule.web.console.users.routes import ROUTES as USER_ROUTES
from vestibule.web.routing import Handler, Route

BASE = "/console/{realm}"


def page(path: str, **methods: Handler) -> Route:
    """An address of a realm's console."""
    return Route(BASE + path, "page", "an administrator", methods)


CONSOLE_ROUTES = (
    Route(f"{BASE}/callback", "page", "a browser", {"GET": entering.callback}),
    Route(f"{BASE}/sign-out", "page", "a browser", {"POST": entering.sign_out}),
    Route(f"{BASE}/signed-out", "page", "anyone", {"GET": entering.signed_out}),
    page("", GET=see(dashboard.show_dashboard)),
    page("/integrations/applications", GET=see(applications.show_applications)),
    page(
        "/integrations/applications/new",
        GET=change(applications.show_new_application),
        POST=change(applications.take_new_application),
    ),
    page("/integrations/applications/{client}", GET=see(guide.show_guide)),
    page("/resume", GET=see(entering.ask_to_resume), POST=see(entering.resume)),
    *AUDIT_ROUTES,
    *EXPIRY_ROUTES,
    *SETTINGS_ROUTES,
    *CLIENT_ROUTES,
    *CLIENT_SCOPE_ROUTES,
    *PROVIDER_ROUTES,
    *USER_ROUTES,
    *GROUP_ROUTES,
    *ROLE_ROUTES,
)
