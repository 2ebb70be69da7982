"""The last steps of the first set-up, in the console of the administrator who has just been made."""

from functools import partial

from starlette.responses import Response

from vestibule.domain.realm import is_realm_name
from vestibule.flows.administer.realms import create_realm
from vestibule.web.answers import console_answer, see_other
from vestibule.web.console.desk import Desk
from vestibule.web.console.fields import Form
from vestibule.web.console.forms import take_form
from vestibule.web.messages import message
from vestibule.web.setup_views import SetupDonePage, SetupTenantPage
from vestibule.web.views import HomeLink


def show_first(desk: Desk) -> Response:
    """The form of the first tenant."""
    return console_answer(desk.call, _view(desk))


async def take_first(desk: Desk, form: Form) -> Response:
    """Creates it and goes on to the last step; with a mistake the form stays."""
    taken = await take_form(desk, form, _action(desk), partial(create_realm, desk.at))
    if taken.view is None:
        return see_other(f"{_base(desk)}/platform/welcome?tenant={taken.done.realm}")
    view = _view(desk)
    typed = SetupTenantPage(
        action=view.action,
        skip_url=view.skip_url,
        name=desk.form.get("name", ""),
        display_name=desk.form.get("display_name", ""),
        errors=taken.view.errors,
        alert=taken.alert,
    )
    return console_answer(desk.call, typed, taken.status)


async def show_welcome(desk: Desk) -> Response:
    """What to open now."""
    name, base = desk.call.query.get("tenant") or "", _base(desk)
    storage = desk.at.deployment.storage
    realm = await storage.realm_by_name(name) if is_realm_name(name) else None
    path = f"{base}/console/{realm.name}" if realm is not None else ""
    links = [HomeLink(f"{base}/platform", message("Tenants"), message("All of them, and “New tenant”."))]
    if path:
        links = [
            HomeLink(
                f"{path}/integrations/applications", message("Applications"),
                message("Add the first one from the catalogue, with a guide that holds your values."),
            ),
            HomeLink(path, message("Console"), message("People, roles and settings of the tenant.")),
            *links,
        ]  # fmt: skip
    docs = HomeLink(f"{base}/api/docs", message("Admin API"), message("The same by program."))
    shown = SetupDonePage(tenant=realm.title if realm is not None else "", links=(*links, docs))
    return console_answer(desk.call, shown)


def _view(desk: Desk) -> SetupTenantPage:
    return SetupTenantPage(action=_action(desk), skip_url=f"{_base(desk)}/platform/welcome")


def _action(desk: Desk) -> str:
    return f"{_base(desk)}/platform/realms/new?first=1"


def _base(desk: Desk) -> str:
    return desk.call.context.base_path
