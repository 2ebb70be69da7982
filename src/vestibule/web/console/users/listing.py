"""Users: the list with its search, and adding one."""

from dataclasses import replace

from starlette.responses import Response

from vestibule.domain.errors import BadInput
from vestibule.domain.user import User
from vestibule.flows.administer.users.changing import create_user
from vestibule.representations.document import Document
from vestibule.web.console.desk import Desk
from vestibule.web.console.fields import Field, Form, Group
from vestibule.web.console.forms import show_form, take_form
from vestibule.web.console.lists import list_view, read_listing
from vestibule.web.console.pages import console_page, framed
from vestibule.web.console.users.details import EMAIL, EMAIL_VERIFIED, FIRST_NAME, LAST_NAME, USERNAME
from vestibule.web.console.users.frame import DISABLED, ENABLED, USERS, state_of, users_crumb
from vestibule.web.console.users.methods import TEMPORARY
from vestibule.web.console.users.providers import Providers
from vestibule.web.console.views import (
    Choice,
    Column,
    Filter,
    FormView,
    Link,
    ListPage,
    RecordPage,
    Row,
    Section,
    Text,
)
from vestibule.web.messages import message

ADD_USER = message("Add user")
COLUMNS = (
    Column(message("Username"), "username"),
    Column(message("Name"), "name"),
    Column(message("Email"), "email"),
    Column(message("Status")),
    Column(message("Created"), "created"),
)
WITH_PROVIDER = (*COLUMNS[:3], Column(message("Provider")), *COLUMNS[3:])
STATES = (("", message("Everybody")), ("true", ENABLED), ("false", DISABLED))

NEW_USER = Form(
    (
        Group("", (USERNAME, EMAIL, EMAIL_VERIFIED, FIRST_NAME, LAST_NAME)),
        Group(
            message("Password"),
            (
                Field(
                    "password", ("credentials",), message("Password"), "secret",
                    hint=message("At least 12 characters. Leave it empty to send a link instead."),
                ),
                replace(TEMPORARY, path=("credentials_are_temporary",)),
            ),
        ),
    ),
    ADD_USER,
    fixed={("enabled",): True},
)  # fmt: skip


async def show_users(desk: Desk) -> Response:
    """The list: searched, sorted and narrowed by the address."""
    state = desk.call.query.get("enabled") or ""
    if state not in dict(STATES):
        raise BadInput(f"{state[:40]!r} is no state")
    enabled = state == "true" if state else None
    providers = Providers(await desk.at.deployment.storage.connections(desk.realm.id))
    chosen = providers.chosen(desk.call.query.get("provider") or "")
    listing = read_listing(desk, COLUMNS)
    found = await desk.at.deployment.storage.list_users(desk.realm.id, listing, enabled, chosen)
    url = f"{desk.path}/users"
    add = Link(ADD_USER, f"{url}/new") if desk.at.may("change") else None
    names = await providers.names_of(desk.at.deployment.storage, found.values)

    def row(user: User) -> Row:
        name = f"{user.given_name} {user.family_name}".strip()
        of_provider = (names[user.id] or None,) if providers.are_any else ()
        cells = (user.username, name or None, user.email, *of_provider, state_of(user), user.created_at)
        return Row(f"{url}/{user.id}", cells)

    listed = list_view(
        desk, url, USERS, WITH_PROVIDER if providers.are_any else COLUMNS, found, row,
        search_label=message("Search by name, username or email address"),
        filters=(_state_filter(state), *providers.filters(chosen)),
        empty_title=message("No users yet."),
        empty_lead=message(
            "Users appear here when they first sign in through an identity provider, or add one."
        ),
        empty_action=add,
        nothing_found=message("No users match."),
    )  # fmt: skip
    frame = await framed(desk, USERS, "users")
    return console_page(desk, ListPage(**frame, actions=(add,) if add else (), list=listed))


async def show_new_user(desk: Desk) -> Response:
    """The empty form."""
    texts = {EMAIL_VERIFIED.name: "on", TEMPORARY.name: "on"}
    return await _new_user_page(desk, show_form(desk, NEW_USER, _new_url(desk), texts=texts))


async def take_new_user(desk: Desk) -> Response:
    """Adds the person, and opens their page: where the link is sent, if no password was typed."""
    tab = ""

    async def use_case(document: Document) -> User:
        nonlocal tab
        whole = _with_password(document)
        tab = "" if "credentials" in whole.root.value else "/sign-in-methods"
        return await create_user(desk.at, whole)

    taken = await take_form(desk, NEW_USER, _new_url(desk), use_case)
    if taken.view is not None:
        return await _new_user_page(desk, taken.view, taken.alert, taken.status)
    return desk.done(f"{desk.path}/users/{taken.done.id}{tab}", "created")


def _with_password(document: Document) -> Document:
    """The password that was typed, as documents have it: a credential among others."""
    value = dict(document.root.value)
    password, temporary = value.pop("credentials", ""), value.pop("credentials_are_temporary")
    if password:
        value["credentials"] = [{"type": "password", "value": password, "temporary": temporary}]
    return Document.of(value)


def _state_filter(state: str) -> Filter:
    choices = tuple(Choice(value, label, value == state) for value, label in STATES)
    return Filter("enabled", message("Status"), choices)


def _new_url(desk: Desk) -> str:
    return f"{desk.path}/users/new"


async def _new_user_page(desk: Desk, view: FormView, alert: Text = "", status: int = 200) -> Response:
    frame = await framed(desk, ADD_USER, "users", users_crumb(desk))
    return console_page(desk, RecordPage(**frame, alert=alert, sections=(Section(form=view),)), status)
