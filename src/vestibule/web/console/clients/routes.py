"""The addresses of clients. What holds a secret, a policy or a role asks for a fresh sign-in (D17)."""

from vestibule.web.console.client_scopes.mappers import MapperPages, Place
from vestibule.web.console.client_scopes.routes import mapper_routes
from vestibule.web.console.clients import (
    credentials,
    keys,
    listing,
    preview,
    roles,
    scopes,
    sessions,
    settings,
)
from vestibule.web.console.clients.record import client_of, client_path, show_parent
from vestibule.web.console.desk import Desk, change, change_fresh, see
from vestibule.web.console.views import Crumb
from vestibule.web.routing import Handler, Route

BASE = "/console/{realm}/clients"
CLIENT = f"{BASE}/{{client}}"


def _page(path: str, **methods: Handler) -> Route:
    return Route(path, "page", "an administrator", methods)


async def mapper_place(desk: Desk) -> Place:
    """Where the dedicated mappers of a client live."""
    client = await client_of(desk)
    path = client_path(desk, client)
    crumbs = (Crumb(listing.CLIENTS, url=f"{desk.path}/clients"), Crumb(name=client.title, url=path))
    return Place(client, path, client_path(desk, client, scopes.TAB), "clients", crumbs)


ROUTES: tuple[Route, ...] = (
    _page(BASE, GET=see(listing.show_clients)),
    _page(f"{BASE}/new", GET=change(listing.show_new_client), POST=change(listing.take_new_client)),
    _page(CLIENT, GET=see(settings.show_settings), POST=change_fresh(settings.take_settings)),
    _page(f"{CLIENT}/delete", GET=see(show_parent), POST=change_fresh(settings.take_delete)),
    _page(
        f"{CLIENT}/credentials",
        GET=see(credentials.show_credentials),
        POST=change_fresh(credentials.take_authenticator),
    ),
    _page(f"{CLIENT}/credentials/reveal", GET=see(show_parent), POST=change_fresh(credentials.take_reveal)),
    _page(
        f"{CLIENT}/credentials/regenerate",
        GET=see(show_parent),
        POST=change_fresh(credentials.take_regenerate),
    ),
    _page(
        f"{CLIENT}/credentials/end-former",
        GET=see(show_parent),
        POST=change_fresh(credentials.take_end_former),
    ),
    _page(f"{CLIENT}/roles", GET=see(roles.show_roles), POST=change_fresh(roles.take_role)),
    _page(f"{CLIENT}/roles/delete", GET=see(show_parent), POST=change_fresh(roles.take_delete)),
    _page(f"{CLIENT}/scopes", GET=see(scopes.show_scopes), POST=change(scopes.take_assign)),
    _page(f"{CLIENT}/scopes/remove", GET=see(show_parent), POST=change(scopes.take_withdraw)),
    _page(f"{CLIENT}/keys", GET=see(keys.show_keys), POST=change_fresh(keys.take_keys)),
    _page(f"{CLIENT}/sessions", GET=see(sessions.show_sessions)),
    _page(f"{CLIENT}/preview", GET=see(preview.show_preview), POST=see(preview.take_preview)),
    *mapper_routes(CLIENT, MapperPages(mapper_place)),
)
