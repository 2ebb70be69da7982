"""What the tabs of the realm settings share: their frame, the form of a part of the realm's document."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from starlette.responses import Response

from vestibule.flows.administer.realms import change_realm, written
from vestibule.representations.document import Document
from vestibule.web.answers import see_other
from vestibule.web.console.desk import Desk
from vestibule.web.console.fields import Form
from vestibule.web.console.forms import Taken, show_form, take_form
from vestibule.web.console.pages import framed, tabs
from vestibule.web.console.views import Crumb, FormView
from vestibule.web.messages import message

SETTINGS = message("Realm settings")
GENERAL = message("General")
POLICY = message("Sign-in policy")
KEYS = message("Keys")
TOKENS = message("Tokens")
EMAIL = message("E-mail")
BRANDING = message("Branding")
TABS = (
    ("", GENERAL),
    ("sign-in", POLICY),
    ("keys", KEYS),
    ("tokens", TOKENS),
    ("mail", EMAIL),
    ("branding", BRANDING),
)
"""(what follows the settings' path, label)."""
Change = Callable[[Document], Awaitable[Any]]


def settings_path(desk: Desk, tab: str = "") -> str:
    """The path of a tab."""
    base = f"{desk.path}/settings"
    return f"{base}/{tab}" if tab else base


async def settings_frame(desk: Desk, tab: str) -> dict[str, Any]:
    """The frame of the tab, with all of them."""
    title = dict(TABS)[tab]
    crumbs = (Crumb(SETTINGS, url=settings_path(desk)),) if tab else ()
    return {
        **await framed(desk, title if tab else SETTINGS, "settings", *crumbs),
        "tabs": tabs(desk, settings_path(desk), tab, *TABS),
    }


def part_of(desk: Desk, form: Form) -> dict[str, Any]:
    """What the form's fields show of the realm's document: only a change of these is a concurrent edit."""
    return form.document(form.texts_of(written(desk.realm)))


def shown(desk: Desk, form: Form, tab: str = "") -> FormView:
    """The form with what is stored."""
    return show_form(desk, form, settings_path(desk, tab), part_of(desk, form))


async def taken(desk: Desk, form: Form, tab: str = "") -> Taken:
    """What came of the form that was sent."""
    change = partial(change_realm, desk.at)
    return await take_form(desk, form, settings_path(desk, tab), change, part_of(desk, form))


async def show_tab(desk: Desk) -> Response:
    """Back from the address of a form to its tab: a reload there must not end nowhere."""
    return see_other(desk.call.scope["path"].rpartition("/")[0])
