"""The practice vendor's Admin: the way to single sign-on that its guide describes, and its people."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from vestibule.domain.email import is_email
from vestibule.practice.vendor import IdentityProvider, Vendor
from vestibule.practice.vendor_form import empty_form, read_form
from vestibule.practice.vendor_pages import Handler, forbidden, page, read_fields


@dataclass(frozen=True, slots=True)
class MenuPage:
    """A page that only leads on. `parent` is the page above it."""

    path: str
    title: str
    sentence: str
    parent: str = ""


MENUS = (
    MenuPage("/admin", "Admin", "Settings of the whole account."),
    MenuPage("/admin/users-and-security", "Users and Security", "Who may sign in, and how.", "/admin"),
    MenuPage(
        "/admin/security-and-authentication",
        "Security and authentication",
        "Ways to sign in.",
        "/admin/users-and-security",
    ),
    MenuPage(
        "/admin/users", "Users", "People are known by their e-mail address.", "/admin/users-and-security"
    ),
    MenuPage(
        "/admin/sso",
        "Single Sign-On (SSO)",
        "Sign in through your organization's identity provider.",
        "/admin/security-and-authentication",
    ),
    MenuPage("/admin/sso/add", "Add Identity Provider", "Choose a kind of identity provider.", "/admin/sso"),
    MenuPage(
        "/admin/sso/oidc",
        "OpenID Connect (OIDC)",
        "For every provider that speaks OpenID Connect.",
        "/admin/sso/add",
    ),
)
_BY_PATH = {menu.path: menu for menu in MENUS}


def trail(path: str) -> Sequence[MenuPage]:
    """The pages from Admin down to the path."""
    menu = _BY_PATH[path]
    return [*(trail(menu.parent) if menu.parent else ()), menu]


async def menu(vendor: Vendor, request: Request) -> Response:
    """A page with links to the pages below it."""
    path = request.url.path
    links = [one for one in MENUS if one.parent == path]
    return _admin_page(vendor, request, "menu.html", path, links=links)


async def sso(vendor: Vendor, request: Request) -> Response:
    """The identity provider, or the way to add it."""
    notice = "Identity provider saved." if "saved" in request.query_params else ""
    return _admin_page(vendor, request, "sso.html", "/admin/sso", notice=notice)


async def oidc_form(vendor: Vendor, request: Request) -> Response:
    """The form with its eight fields."""
    fields = empty_form(vendor.provider, vendor.redirect_uri)
    return _admin_page(vendor, request, "oidc.html", "/admin/sso/oidc", fields=fields, errors=[])


async def save_oidc(vendor: Vendor, request: Request) -> Response:
    """Saves the form, or shows it again with what is wrong."""
    if not _may_change(vendor, request):
        return forbidden()
    read = read_form(await read_fields(request), vendor.provider, vendor.redirect_uri)
    if not isinstance(read, IdentityProvider):
        errors = [one for one in read if one.error]
        return _admin_page(vendor, request, "oidc.html", "/admin/sso/oidc", 422, fields=read, errors=errors)
    await vendor.change_provider(read)
    return RedirectResponse("/admin/sso?saved", 303)


async def remove_provider(vendor: Vendor, request: Request) -> Response:
    """Goes back to how the application began."""
    if not _may_change(vendor, request):
        return forbidden()
    await vendor.change_provider(None)
    return RedirectResponse("/admin/sso", 303)


async def users(vendor: Vendor, request: Request) -> Response:
    """The people who may sign in."""
    return _admin_page(vendor, request, "users.html", "/admin/users", email="", error="")


async def change_users(vendor: Vendor, request: Request) -> Response:
    """Adds a person, or removes one."""
    if not _may_change(vendor, request):
        return forbidden()
    fields = await read_fields(request)
    email = fields.get("email", "").strip()
    if "remove" in fields:
        vendor.remove(fields["remove"])
    elif not is_email(email):
        error = "Enter an e-mail address."
        return _admin_page(vendor, request, "users.html", "/admin/users", 422, email=email, error=error)
    else:
        vendor.register(email)
    return RedirectResponse("/admin/users", 303)


def _may_change(vendor: Vendor, request: Request) -> bool:
    return vendor.visits.of(request).is_administrator and not vendor.visits.is_of_another_site(request)


def _admin_page(
    vendor: Vendor, request: Request, template: str, path: str, status: int = 200, **values: Any
) -> Response:
    if not vendor.visits.of(request).is_administrator:
        return page(vendor, request, "no_access.html", 403)
    pages = trail(path)
    return page(vendor, request, template, status, menu=pages[-1], above=pages[:-1], **values)


HANDLERS: list[tuple[str, str, Handler]] = [
    ("/admin", "GET", menu),
    ("/admin/users-and-security", "GET", menu),
    ("/admin/security-and-authentication", "GET", menu),
    ("/admin/sso/add", "GET", menu),
    ("/admin/sso", "GET", sso),
    ("/admin/sso/oidc", "GET", oidc_form),
    ("/admin/sso/oidc", "POST", save_oidc),
    ("/admin/sso/remove", "POST", remove_provider),
    ("/admin/users", "GET", users),
    ("/admin/users", "POST", change_users),
]
