"""The guide of an application that is here: both halves on one page, with this tenant's own values."""

from starlette.responses import Response

from vestibule.catalogue.applications import application as find_application
from vestibule.catalogue.support import support_url
from vestibule.domain.client import Client, at_home
from vestibule.domain.errors import PageNotFound
from vestibule.domain.realm import issuer
from vestibule.flows.administer.clients import find_client
from vestibule.web.console.desk import Desk
from vestibule.web.console.integrations.applications import APPLICATIONS, INTEGRATIONS, badge_of
from vestibule.web.console.integrations.views import GuidePage
from vestibule.web.console.pages import console_page, framed
from vestibule.web.console.views import Crumb, Link
from vestibule.web.messages import message

ANY_APPLICATION = "generic-oidc"


async def show_guide(desk: Desk) -> Response:
    """The guide that the application was added by, else the one for any application (S000-41)."""
    client = at_home(await find_client(desk.at, desk.named("client")), desk.at.deployment.public_url)
    language = desk.call.choose_locale()
    found = find_application(client.guide, language) or find_application(ANY_APPLICATION, language)
    if found is None:
        raise PageNotFound(f"the catalogue lacks {ANY_APPLICATION}")
    crumb = Crumb(APPLICATIONS, url=f"{desk.path}/integrations/applications")
    frame = await framed(
        desk, message("Guide"), "applications", Crumb(INTEGRATIONS), crumb, name=client.title
    )
    launch = Link(message("Open the application"), client.home_url, is_external=True)
    credentials = Link(message("Credentials"), f"{desk.path}/clients/{client.id}/credentials", "key")
    view = GuidePage(
        **frame,
        actions=(credentials, launch) if client.home_url else (credentials,),
        application=found,
        guide=found.guide(guide_values(desk, client)),
        badge=badge_of(found.badge),
        launch_url=client.home_url,
        support_url=support_url(desk.call.context.support_url, found.name, desk.realm.name),
    )
    return console_page(desk, view)


def guide_values(desk: Desk, client: Client) -> dict[str, str]:
    """The values of placeholders: the realm's addresses, the client's settings, our pages."""
    own = issuer(desk.at.deployment.public_url, desk.realm.name)
    protocol = f"{own}/protocol/openid-connect"
    return {
        "issuer": own,
        "discovery": f"{own}/.well-known/openid-configuration",
        "authorization_endpoint": f"{protocol}/auth",
        "token_endpoint": f"{protocol}/token",
        "jwks_uri": f"{protocol}/certs",
        "userinfo_endpoint": f"{protocol}/userinfo",
        "end_session_endpoint": f"{protocol}/logout",
        "realm": desk.realm.name,
        "client_id": client.client_id,
        "name": client.title,
        "description": client.description,
        "client_authentication": "Disabled" if client.public else "Enabled",
        "home_url": client.home_url,
        "redirect_uri": next(iter(client.redirect_uris), ""),
        "post_logout_redirect_uri": next(iter(client.post_logout_redirect_uris), ""),
        "dashboard_page": desk.path,
        "applications_page": f"{desk.path}/integrations/applications",
        "new_application_page": f"{desk.path}/integrations/applications/new",
        "clients_page": f"{desk.path}/clients",
        "client_page": f"{desk.path}/clients/{client.id}",
        "client_secret_page": f"{desk.path}/clients/{client.id}/credentials",
        "users_page": f"{desk.path}/users",
    }
