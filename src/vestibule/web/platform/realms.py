"""The list of tenants with its search, the switch between them, and “New tenant”."""

from functools import partial

from starlette.responses import Response

from vestibule.domain.errors import BadInput
from vestibule.domain.realm import Realm, is_realm_name
from vestibule.flows.administer.realms import contents_of, create_realm
from vestibule.web.answers import see_other
from vestibule.web.console.desk import Desk
from vestibule.web.console.fields import Field, Form, Group
from vestibule.web.console.forms import show_form, take_form
from vestibule.web.console.lists import list_view, read_listing
from vestibule.web.console.pages import console_page, framed_platform
from vestibule.web.console.views import (
    Column,
    Crumb,
    FormView,
    Link,
    ListPage,
    RecordPage,
    Row,
    Section,
    Status,
    Text,
)
from vestibule.web.messages import message
from vestibule.web.platform.first_tenant import show_first, take_first

FIRST = "first"
TENANTS = message("Tenants")
NEW_TENANT = message("New tenant")
ENABLED, DISABLED = Status(message("Enabled"), "good"), Status(message("Disabled"))
COLUMNS = (
    Column(message("Name"), "name"),
    Column(message("Display name")),
    Column(message("Users")),
    Column(message("Applications")),
    Column(message("Status")),
)
FORM = Form(
    (
        Group(
            "",
            (
                Field(
                    "name", ("realm",), message("Name"), is_required=True,
                    missing=message("Enter a name, such as acme."),
                    hint=message(
                        "Part of every address of the tenant, case sensitive, and fixed from now on. "
                        "Letters, digits, dots, dashes and underscores."
                    ),
                ),
                Field("display_name", ("displayName",), message("Display name")),
            ),
        ),
    ),
    message("Create"),
)  # fmt: skip


async def show_realms(desk: Desk) -> Response:
    """Every tenant. Whoever may only count them sees no way in."""
    found = await desk.at.deployment.storage.list_realms(read_listing(desk, COLUMNS))
    base, storage = desk.call.context.base_path, desk.at.deployment.storage
    contents = {realm.id: await contents_of(storage, realm) for realm in found.values}

    def row(realm: Realm) -> Row:
        url = f"{base}/console/{realm.name}" if "see" in desk.at.actor.rights_in(realm) else ""
        counts = contents[realm.id]
        numbers = (str(counts.people), str(counts.applications))
        state = ENABLED if realm.enabled else DISABLED
        return Row(url, (realm.name, realm.display_name, *numbers, state))

    listed = list_view(
        desk, f"{base}/platform", TENANTS, COLUMNS, found, row,
        search_label=message("Search by name"), nothing_found=message("No tenants match."),
    )  # fmt: skip
    frame = await framed_platform(desk, TENANTS)
    actions = (Link(NEW_TENANT, f"{base}/platform/realms/new"),) if desk.at.may("make realms") else ()
    return console_page(desk, ListPage(**frame, actions=actions, list=listed))


async def switch(desk: Desk) -> Response:
    """Opens the tenant that was chosen in the menu (S000-20)."""
    name = desk.call.query.get("realm") or ""
    base = desk.call.context.base_path
    if not name:
        return see_other(f"{base}/platform")
    if not is_realm_name(name):
        raise BadInput(f"{name[:80]!r} is no name of a realm")
    return see_other(f"{base}/console/{name}")


async def show_new_realm(desk: Desk) -> Response:
    """The form of a new tenant; of the first one as a step of the set-up."""
    if desk.call.query.get(FIRST):
        return show_first(desk)
    return await _page(desk, show_form(desk, FORM, _action(desk)))


async def take_new_realm(desk: Desk) -> Response:
    """Creates the tenant and opens its dashboard."""
    if desk.call.query.get(FIRST):
        return await take_first(desk, FORM)
    taken = await take_form(desk, FORM, _action(desk), partial(create_realm, desk.at))
    if taken.view is not None:
        return await _page(desk, taken.view, taken.alert, taken.status)
    return desk.done(f"{desk.call.context.base_path}/console/{taken.done.realm}", "tenant")


def _action(desk: Desk) -> str:
    return f"{desk.call.context.base_path}/platform/realms/new"


async def _page(desk: Desk, form: FormView, alert: Text = "", status: int = 200) -> Response:
    frame = await framed_platform(
        desk, NEW_TENANT, Crumb(TENANTS, url=f"{desk.call.context.base_path}/platform")
    )
    return console_page(desk, RecordPage(**frame, alert=alert, sections=(Section(form=form),)), status)
