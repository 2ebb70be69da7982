"""The guide of a provider: the vendor's half and ours, with this tenant's own values (S001-52)."""

from starlette.responses import Response

from vestibule.catalogue.providers import provider
from vestibule.domain.connection import Connection
from vestibule.web.console.desk import Desk
from vestibule.web.console.identity_providers.places import (
    connection_of,
    list_path,
    new_path,
    path_of,
    provider_frame,
    redirect_uri,
)
from vestibule.web.console.identity_providers.views import ProviderGuidePage
from vestibule.web.console.integrations.applications import badge_of
from vestibule.web.console.pages import console_page
from vestibule.web.console.views import Link
from vestibule.web.messages import message

DOCUMENTATION = message("The vendor's documentation")


async def show_guide(desk: Desk) -> Response:
    """Both halves; what was entered already stands in it."""
    connection = await connection_of(desk)
    found = provider(connection.kind, desk.call.choose_locale())
    values = guide_values(desk, connection) | {
        "provider_page": path_of(desk, connection),
        "mappers_page": path_of(desk, connection, "mappers"),
    }
    view = ProviderGuidePage(
        **await provider_frame(desk, connection, "guide"),
        documentation=Link(DOCUMENTATION, found.documentation, is_external=True),
        provider=found,
        guide=found.guide(values),
        badge=badge_of(found.badge),
    )
    return console_page(desk, view)


def guide_values(desk: Desk, connection: Connection) -> dict[str, str]:
    """The values of placeholders; those that nobody entered yet are left to the guide's examples."""
    entered = {
        "client_id": connection.client_id,
        "display_name": connection.display_name,
        "discovery_url": connection.discovery_url,
    }
    return {
        "redirect_uri": redirect_uri(desk, connection),
        "realm": desk.realm.name,
        "dashboard_page": desk.path,
        "clients_page": f"{desk.path}/clients",
        "users_page": f"{desk.path}/users",
        "identity_providers_page": list_path(desk),
        "new_provider_page": new_path(desk, connection.kind),
        **{name: text for name, text in entered.items() if text},
    }
