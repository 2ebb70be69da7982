"""A page of the account: the console's shell with a small menu, and the way back to the console."""

from starlette.responses import Response

from vestibule.domain.administration import rights_in
from vestibule.domain.realm import MASTER
from vestibule.domain.sentence import Sentence
from vestibule.flows.administer.administration import roles_of_actor
from vestibule.web.account.desk import AccountDesk
from vestibule.web.account.notices import notice_of
from vestibule.web.answers import console_answer
from vestibule.web.branding import branded
from vestibule.web.console.pages import Frame
from vestibule.web.console.views import ConfirmPage, ConsolePage, Crumb, MenuGroup, MenuItem, Shell, Text
from vestibule.web.messages import message

PERSONAL, METHODS = message("Personal info"), message("Sign-in methods")
LINKED = message("Linked accounts")
SESSIONS, APPLICATIONS = message("Devices and sessions"), message("Applications")
ACTIVITY = message("Activity")
LINKED_PATH = "/linked-accounts"
PLACES = (
    ("", PERSONAL, "person"),
    ("/sign-in-methods", METHODS, "passkey"),
    (LINKED_PATH, LINKED, "link"),
    ("/sessions", SESSIONS, "sessions"),
    ("/applications", APPLICATIONS, "applications"),
    ("/activity", ACTIVITY, "activity"),
)
"""The menu: what follows the account's path, the label, the drawing. Where there is no other service to
sign in with, nothing is said of links."""

ACCOUNT_AT = message("Account at {realm}")
BACK_TO_CONSOLE = message("Back to the console")
CONFIRMED = "confirmed"


async def framed(desk: AccountDesk, title: Text, place: str, *crumbs: Crumb, name: str = "") -> Frame:
    """The frame of a page. `place` is its path in the menu; `crumbs` lead to a page below one of those."""
    here = Crumb(name=name) if name else Crumb(title)
    return Frame(
        realm_name=desk.account.realm.title,
        shell=await _shell(desk, place),
        title=title,
        name=name,
        crumbs=(*crumbs, here) if crumbs else (),
        notice=notice_of(desk.call.query.get("done")),
    )


def account_page(desk: AccountDesk, view: ConsolePage, status: int = 200) -> Response:
    """The rendered page with its headers."""
    return console_answer(desk.call, branded(desk.call, desk.account.realm, view), status)


async def ask_first(
    desk: AccountDesk, title: Text, question: Text, submit: Text, place: str, crumb: Crumb
) -> Response | None:
    """The question before what cannot be undone, on a page for browsers without our script; None once it
    was answered."""
    if desk.form.get(CONFIRMED) == "1":
        return None
    view = ConfirmPage(
        **await framed(desk, title, place, crumb),
        action=desk.call.scope["path"],
        question=question,
        submit=submit,
        cancel_url=desk.path + place,
        hidden=((CONFIRMED, "1"),),
        is_dangerous=True,
    )
    return account_page(desk, view)


async def _shell(desk: AccountDesk, place: str) -> Shell:
    user, realm = desk.account.user, desk.account.realm
    has_providers = bool(desk.account.active.connections)
    items = tuple(
        MenuItem(label, desk.path + path, icon, path == place)
        for path, label, icon in PLACES
        if path != LINKED_PATH or has_providers
    )
    groups = [MenuGroup(Sentence(ACCOUNT_AT, {"realm": realm.title}), items)]
    console_url = await _console_url(desk)
    if console_url:
        groups.append(MenuGroup("", (MenuItem(BACK_TO_CONSOLE, console_url, "settings"),)))
    return Shell(
        realm=realm.name,
        realm_title=realm.title,
        realms=(),
        switch_url="",
        new_realm_url="",
        all_realms_url="",
        menu=tuple(groups),
        person=user.email or user.username,
        account_url="",
        sign_out_url=f"{desk.path}/sign-out",
        home_url=desk.path,
    )


async def _console_url(desk: AccountDesk) -> str:
    """The console of whoever administers something; of the platform's people the list of tenants."""
    account, base = desk.account, desk.call.context.base_path
    roles = await roles_of_actor(account.deployment.storage, account.user)
    if not rights_in(account.realm.name, roles, account.realm.name):
        return ""
    return f"{base}/platform" if account.realm.name == MASTER else f"{base}/console/{account.realm.name}"
