"""A page inside the console's shell: its frame, its headers, its answer."""

from dataclasses import replace
from typing import TypedDict

from starlette.responses import Response

from vestibule.domain.listing import Listing
from vestibule.domain.realm import MASTER
from vestibule.flows.administer.platform import IS_TEMPORARY
from vestibule.web.answers import console_answer
from vestibule.web.console.desk import Desk
from vestibule.web.console.expiries.banner import expiry_banner
from vestibule.web.console.menu import platform_menu, realm_menu
from vestibule.web.console.notices import notice_of
from vestibule.web.console.views import ConsolePage, Crumb, MenuGroup, MenuItem, Shell, Text
from vestibule.web.messages import message

SWITCH_REALMS = 20
TEMPORARY = message("This administrator is temporary. Create a permanent one and delete this account.")


class Frame(TypedDict):
    """The fields that every console page shares."""

    realm_name: str
    shell: Shell
    title: Text
    name: str
    crumbs: tuple[Crumb, ...]
    notice: Text


async def framed(desk: Desk, title: Text, place: str = "", *crumbs: Crumb, name: str = "") -> Frame:
    """The frame of a realm's page. `place` is its key in the menu, `crumbs` lead from the realm to it.

    `name` is the thing that the page is about; it heads the page and ends the breadcrumb.
    """
    here = Crumb(name=name) if name else Crumb(title)
    return Frame(
        realm_name=desk.realm.title,
        shell=replace(await _shell(desk, place), expiring=await expiry_banner(desk, place)),
        title=title,
        name=name,
        crumbs=(Crumb(name=desk.realm.name, url=desk.path), *crumbs, here),
        notice=notice_of(desk.call.query.get("done")),
    )


async def framed_platform(desk: Desk, title: Text, *crumbs: Crumb, place: str = "tenants") -> Frame:
    """The frame of a page of the platform, above all tenants. `place` is its key in the menu."""
    base = desk.call.context.base_path
    shell = await _shell(desk, "")
    menu = MenuGroup("", platform_menu(desk, place))
    platform_shell = replace(
        shell, realm="", realm_title="", menu=(menu,), home_url=f"{base}/platform",
        sign_out_url=f"{base}/platform/sign-out",
    )  # fmt: skip
    return Frame(
        realm_name="",
        shell=platform_shell,
        title=title,
        name="",
        crumbs=(*crumbs, Crumb(title)) if crumbs else (),
        notice=notice_of(desk.call.query.get("done")),
    )


def tabs(desk: Desk, base: str, current: str, *entries: tuple[str, str]) -> tuple[MenuItem, ...]:
    """Tabs of a record: (what follows `base`, label); the first is the record's own page."""
    return tuple(
        MenuItem(label, f"{base}/{key}" if key else base, "", key == current) for key, label in entries
    )


def console_page(desk: Desk, view: ConsolePage, status: int = 200) -> Response:
    """The rendered page with the console's headers."""
    return console_answer(desk.call, view, status)


async def _shell(desk: Desk, place: str) -> Shell:
    at, base = desk.at, desk.call.context.base_path
    reaches_all = "list realms" in at.actor.rights_in(at.actor.home) and at.actor.home.name == MASTER
    realms: tuple[str, ...] = ()
    if reaches_all:
        found = await at.deployment.storage.list_realms(Listing(most=SWITCH_REALMS))
        realms = tuple(realm.name for realm in found.values)
    makes_realms = "make realms" in at.actor.rights_in(at.actor.home)
    user = at.actor.user
    return Shell(
        realm=desk.realm.name,
        realm_title=desk.realm.title,
        realms=realms,
        switch_url=f"{base}/platform/switch" if reaches_all else "",
        new_realm_url=f"{base}/platform/realms/new" if makes_realms else "",
        all_realms_url=f"{base}/platform" if reaches_all else "",
        menu=realm_menu(desk, place),
        person=user.email or user.username,
        account_url=f"{base}/realms/{at.actor.home.name}/account",
        sign_out_url=f"{desk.path}/sign-out",
        home_url=desk.path,
        banner=TEMPORARY if user.attributes.get(IS_TEMPORARY) == ("true",) else "",
    )
