"""A person's identity provider links: who they are at each provider, adding one, and its end."""

from starlette.responses import Response

from vestibule.domain.connection import TENANT_PLACE, Connection
from vestibule.domain.errors import NotHere
from vestibule.domain.sentence import Sentence
from vestibule.domain.user import User
from vestibule.flows.administer.users.links import LinkThrough, add_link, links_of, remove_link
from vestibule.representations.connection_links import ISSUER, PROVIDER, SUBJECT, USERNAME
from vestibule.representations.document import Document
from vestibule.web.console.asking import ask_first
from vestibule.web.console.desk import Desk
from vestibule.web.console.fields import Field, Form, Group
from vestibule.web.console.forms import show_form, take_form
from vestibule.web.console.pages import console_page
from vestibule.web.console.users.frame import LINKS, asked_for, path_of, user_frame, users_crumb
from vestibule.web.console.views import (
    Button,
    Column,
    FormView,
    ListView,
    RecordPage,
    Row,
    Section,
    Text,
)
from vestibule.web.messages import message

TITLE = message("Identity provider links")
ADD, REMOVE = message("Add link"), message("Remove link")
LEAD = message("The accounts elsewhere that sign in as this person.")
ADD_LEAD = message("Whoever signs in with that account at the provider is this person here.")
QUESTION = message("Remove the link of {name} to {provider}? Their sessions end.")
COLUMNS = (
    Column(message("Provider")),
    Column(message("Name there")),
    Column(message("ID there")),
    Column(message("Linked")),
    Column(message("Last used")),
)
NO_LINKS = message("No links. One is made when the person first signs in through a provider.")
WHERE = message("Identity provider")
ID_THERE = Field(
    "subject", (SUBJECT,), message("ID there"), is_required=True,
    missing=message("Enter the ID that the provider knows the person by."),
    hint=message("The claim sub of the ID token, letter for letter; at GitHub the account's number."),
)  # fmt: skip
NAME_THERE = Field("link_username", (USERNAME,), message("Name there"), hint=message("For showing only."))
ISSUER_THERE = Field(
    "issuer", (ISSUER,), message("Issuer"), "url",
    hint=message("Where a provider has several tenants: the issuer of the person's own."),
)  # fmt: skip


async def show_links(desk: Desk) -> Response:
    """The list, and a form to add one where there is a provider without."""
    user = await asked_for(desk)
    form = await _form(desk, user)
    view = show_form(desk, form, _url(desk, user)) if form is not None else None
    return await _page(desk, user, view)


async def take_link(desk: Desk) -> Response:
    """Adds the link."""
    user = await asked_for(desk)
    form, url = await _form(desk, user), _url(desk, user)
    if form is None:
        return desk.done(url)

    async def use_case(document: Document) -> object:
        value = {name: text for name, text in document.root.value.items() if text or name != ISSUER}
        return await add_link(desk.at, user, value[PROVIDER], Document.of(value, is_form=True))

    taken = await take_form(desk, form, url, use_case)
    if taken.view is not None:
        return await _page(desk, user, taken.view, taken.alert, taken.status)
    return desk.done(url, "linked")


async def take_removal(desk: Desk) -> Response:
    """Ends it, once confirmed."""
    user, alias = await asked_for(desk), desk.named("alias")
    question = _question(user, alias)
    asked = await ask_first(desk, REMOVE, question, REMOVE, _url(desk, user), "users", users_crumb(desk))
    if asked is not None:
        return asked
    await remove_link(desk.at, user, alias)
    return desk.done(_url(desk, user), "removed")


async def show_back(desk: Desk) -> Response:
    """The tab, for whoever called off a sign-in that a form asked for. Raises `NotHere`."""
    user, alias = await asked_for(desk), desk.named("alias")
    if not any(one.connection.alias == alias for one in await links_of(desk.at, user)):
        raise NotHere(f"no link of {alias[:100]!r}")
    return desk.done(_url(desk, user))


def _question(user: User, provider: str) -> Sentence:
    return Sentence(QUESTION, {"name": user.username, "provider": provider})


def _url(desk: Desk, user: User) -> str:
    return f"{path_of(desk, user)}/{LINKS}"


async def _form(desk: Desk, user: User) -> Form | None:
    """For the providers that the person has no link of; None where there is none, or nothing may change."""
    if not desk.may_change or user.service_of is not None:
        return None
    here = {one.connection.id for one in await links_of(desk.at, user)}
    free = [one for one in await desk.at.deployment.storage.connections(desk.realm.id) if one.id not in here]
    if not free:
        return None
    where = Field("provider", (PROVIDER,), WHERE, "select", choices=tuple(map(_choice, free)))
    issuer = (ISSUER_THERE,) if any(TENANT_PLACE in one.issuer for one in free) else ()
    return Form((Group("", (where, ID_THERE, NAME_THERE, *issuer)),), ADD)


def _choice(connection: Connection) -> tuple[str, Text]:
    return connection.alias, connection.title


async def _page(
    desk: Desk, user: User, form: FormView | None, alert: Text = "", status: int = 200
) -> Response:
    found = await links_of(desk.at, user)
    rows = tuple(_row(desk, user, one) for one in found)
    listed = ListView(
        _url(desk, user), COLUMNS, rows, len(rows), TITLE, page_size=max(len(rows), 1), nothing_found=NO_LINKS
    )
    sections = [Section(lead=LEAD, list=listed)]
    if form is not None:
        sections.append(Section(ADD, lead=ADD_LEAD, form=form))
    frame = await user_frame(desk, user, LINKS)
    return console_page(desk, RecordPage(**frame, alert=alert, sections=tuple(sections)), status)


def _row(desk: Desk, user: User, one: LinkThrough) -> Row:
    link, connection = one.link, one.connection
    url = f"{_url(desk, user)}/{connection.alias}/remove"
    button = Button(message("Remove"), url, confirm=_question(user, connection.title), tone="danger")
    cells = (connection.title, link.username or None, link.subject, link.created_at, link.last_used_at)
    address = f"{desk.path}/identity-providers/{connection.alias}"
    return Row(address, cells, (button,) if desk.may_change else ())
