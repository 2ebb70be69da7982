"""Integrations > Applications: what is here, Custom Integration, the catalogue, and “Add integration”."""

from functools import partial

from starlette.responses import Response

from vestibule.catalogue.application import Application, Badge
from vestibule.catalogue.applications import application as find_application
from vestibule.catalogue.applications import applications
from vestibule.domain.client import Client, at_home
from vestibule.domain.errors import PageNotFound
from vestibule.domain.listing import Listing
from vestibule.flows.administer.clients import create_client
from vestibule.web.console.desk import Desk
from vestibule.web.console.fields import Field, Form, Group, Path
from vestibule.web.console.forms import show_form, take_form
from vestibule.web.console.integrations.views import ApplicationsPage, NewApplicationPage, Tile
from vestibule.web.console.pages import console_page, framed
from vestibule.web.console.views import Crumb, FormView, Status, Text, Tone
from vestibule.web.messages import message

APPLICATIONS = message("Applications")
INTEGRATIONS = message("Integrations")
SHOWN = 14  # the two that are built in among them
NEW_OIDC = message("Add an OIDC application")
TONES: dict[str, Tone] = {"reference": "neutral", "reported": "neutral", "practice": "good"}

FIELDS = (
    Field(
        "client_id", ("clientId",), message("Client ID"), is_required=True,
        missing=message("Enter a client ID, such as atera."),
        hint=message("The name that the application sends. It must be the same there."),
    ),
    Field("name", ("name",), message("Name"), is_required=True, missing=message("Enter a name.")),
    Field("description", ("description",), message("Description")),
    Field(
        "client_authentication", ("publicClient",), message("Client Authentication"), "not",
        hint=message(
            "Enabled: a confidential client, which has a secret. Disabled: a public client without one, "
            "which must use PKCE."
        ),
    ),
    Field(
        "home_url", ("baseUrl",), message("Home URL"), "url",
        hint=message("Where the application's tile leads."),
    ),
    Field(
        "redirect_uris", ("redirectUris",), message("Valid Redirect URIs"), "lines", is_required=True,
        missing=message("Enter the address that the application gives as its callback."),
        hint=message("One address a line, letter for letter as the application sends it."),
    ),
)  # fmt: skip


def integration_form(found: Application | None) -> Form:
    """The OIDC form with exactly the six fields of the guide (S000-23); what the application needs beyond
    them is set with it."""
    form = found.form if found is not None else None
    logout = "##".join(form.post_logout_redirect_uris) if form is not None else ""
    fixed: dict[Path, str] = {
        ("attributes", "vestibule.guide"): found.slug if found is not None else "",
        ("attributes", "vestibule.email_required"): str(form is not None and form.email_required).lower(),
        ("attributes", "post.logout.redirect.uris"): logout,
    }
    return Form((Group("", FIELDS),), message("Add integration"), fixed)


def prefilled(found: Application | None) -> dict[str, str]:
    """What the form is filled with."""
    if found is None:
        return {"client_authentication": "on"}
    form = found.form
    return {
        "client_id": form.client_id,
        "name": form.name,
        "description": form.description,
        "client_authentication": "on" if form.confidential else "",
        "home_url": form.home_url,
        "redirect_uris": "\n".join(form.redirect_uris),
    }


def badge_of(badge: Badge) -> Status:
    """The test status in the badge's own words."""
    return Status(badge.text, TONES[badge.kind])


async def show_applications(desk: Desk) -> Response:
    """What is here, and what can be added (S000-21, S000-22)."""
    url = f"{desk.path}/integrations/applications"
    storage, public_url = desk.at.deployment.storage, desk.at.deployment.public_url
    found = await storage.list_clients(desk.realm.id, Listing(sort="name", most=SHOWN))

    def here(client: Client) -> Tile:
        launch = at_home(client, public_url).home_url
        return Tile(client.title, f"{url}/{client.id}", client.description, launch_url=launch)

    language = desk.call.choose_locale()
    gallery = tuple(
        Tile(one.name, f"{url}/new?application={one.slug}", one.sentence, badge_of(one.badge))
        for one in applications(language)
    )
    custom = Tile("OIDC", f"{url}/new", label=message("Any application that speaks OpenID Connect."))
    view = ApplicationsPage(
        **await framed(desk, APPLICATIONS, "applications", Crumb(INTEGRATIONS)),
        here=tuple(here(client) for client in found.values if not client.built_in),
        more_url=f"{desk.path}/clients" if found.total > len(found.values) else "",
        custom=(custom,) if desk.at.may("change") else (),
        gallery=gallery if desk.at.may("change") else (),
    )
    return console_page(desk, view)


async def show_new_application(desk: Desk) -> Response:
    """The form, filled in for the application of the catalogue that was chosen."""
    found = _chosen(desk)
    form = show_form(desk, integration_form(found), _action(desk, found), texts=prefilled(found))
    return await _new_page(desk, found, form)


async def take_new_application(desk: Desk) -> Response:
    """Adds the integration and opens its guide (S000-26)."""
    found = _chosen(desk)
    create = partial(create_client, desk.at)
    taken = await take_form(desk, integration_form(found), _action(desk, found), create)
    if taken.view is not None:
        return await _new_page(desk, found, taken.view, taken.alert, taken.status)
    return desk.done(f"{desk.path}/integrations/applications/{taken.done.id}", "integration")


def _chosen(desk: Desk) -> Application | None:
    slug = desk.call.query.get("application") or ""
    found = find_application(slug, desk.call.choose_locale()) if slug else None
    if slug and found is None:
        raise PageNotFound(f"no application {slug[:80]!r} in the catalogue")
    return found


def _action(desk: Desk, found: Application | None) -> str:
    chosen = f"?application={found.slug}" if found is not None else ""
    return f"{desk.path}/integrations/applications/new{chosen}"


async def _new_page(
    desk: Desk, found: Application | None, form: FormView, alert: Text = "", status: int = 200
) -> Response:
    crumb = Crumb(APPLICATIONS, url=f"{desk.path}/integrations/applications")
    frame = await framed(
        desk,
        NEW_OIDC,
        "applications",
        Crumb(INTEGRATIONS),
        crumb,
        name=found.name if found is not None else "",
    )
    badge = badge_of(found.badge) if found is not None else None
    view = NewApplicationPage(**frame, form=form, application=found, badge=badge, alert=alert)
    return console_page(desk, view, status)
