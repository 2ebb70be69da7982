"""The tab “Role mapping” of people and groups: which roles they have, and a list to grant others from."""

from collections.abc import Mapping, Sequence

from vestibule.domain.administration import ROLE_SENTENCES
from vestibule.domain.errors import NotHere
from vestibule.domain.listing import Found, Listing
from vestibule.domain.sentence import Sentence
from vestibule.domain.user import Role
from vestibule.flows.administer.roles import is_built_in
from vestibule.web.console.desk import Desk
from vestibule.web.console.lists import list_view, read_listing
from vestibule.web.console.views import Button, Cell, Choice, Column, Filter, ListView, Row, Section
from vestibule.web.messages import message

ROLES = message("Roles")
REALM_ROLES = message("Realm roles")
DIRECT, BY_GROUP = message("Granted directly"), message("Through a group")
COLUMNS = (Column(message("Role")), Column(message("Of")), Column(message("What it means")))
HELD_COLUMNS = (*COLUMNS, Column(message("How")))
MOST_CLIENTS = 100


async def role_sections(
    desk: Desk, url: str, own: Sequence[Role], inherited: Sequence[Role] = ()
) -> tuple[Section, ...]:
    """What is held, and what could be; `url` is the tab's, which the buttons post below."""
    held = Section(title=message("Roles held"), list=await _held(desk, url, own, inherited))
    if not desk.at.may("change"):
        return (held,)
    lead = message("Granting a role needs a sign-in from the last 15 minutes.")
    return (held, Section(title=message("Grant a role"), lead=lead, list=await _others(desk, url, own)))


async def role_in_form(desk: Desk) -> Role:
    """The role that a button names. Raises `NotHere`."""
    role = await desk.at.deployment.storage.role(desk.form.get("role", ""))
    if role is None or role.realm_id != desk.realm.id:
        raise NotHere("role")
    return role


def meaning_of(desk: Desk, role: Role) -> Cell:
    """The description; of a role that administers, what it allows, in the person's language."""
    return ROLE_SENTENCES[role.name] if is_built_in(desk.at, role) else role.description or None


async def _held(desk: Desk, url: str, own: Sequence[Role], inherited: Sequence[Role]) -> ListView:
    direct = {role.id for role in own}
    roles = (*own, *(role for role in inherited if role.id not in direct))
    names = await _client_names(desk, roles)

    def row(role: Role) -> Row:
        revoke = Button(message("Take away"), f"{url}/revoke", (("role", role.id),))
        is_direct = role.id in direct
        how = Sentence(DIRECT if is_direct else BY_GROUP)
        actions = (revoke,) if is_direct and desk.at.may("change") else ()
        return Row(_role_url(desk, role), (*_cells(desk, role, names), how), actions)

    return ListView(
        url=url, columns=HELD_COLUMNS, rows=tuple(map(row, roles)), total=len(roles), label=ROLES,
        page_size=max(len(roles), 1), nothing_found=message("No roles yet."),
    )  # fmt: skip


async def _others(desk: Desk, url: str, own: Sequence[Role]) -> ListView:
    client = desk.call.query.get("client") or ""
    listing = read_listing(desk)
    chosen = await desk.at.deployment.storage.client_by_id(client) if client else None
    if client and (chosen is None or chosen.realm_id != desk.realm.id):
        raise NotHere(f"client {client[:100]!r}")
    found = await desk.at.deployment.storage.list_roles(desk.realm.id, listing, client or None)
    names = {client: chosen.client_id} if chosen is not None else {}
    held = {role.id for role in own}

    def row(role: Role) -> Row:
        grant = Button(message("Grant"), f"{url}/grant", (("role", role.id),))
        actions = (grant,) if role.id not in held else ()
        return Row(_role_url(desk, role), _cells(desk, role, names), actions)

    return list_view(
        desk, url, ROLES, COLUMNS, Found(found.values, found.total, found.is_exact), row,
        search_label=message("Search by name"), filters=(await _client_filter(desk, client),),
        nothing_found=message("No roles match."),
    )  # fmt: skip


async def _client_filter(desk: Desk, client: str) -> Filter:
    """Whose roles are listed: the realm's, or one client's."""
    found = await desk.at.deployment.storage.list_clients(desk.realm.id, Listing(most=MOST_CLIENTS))
    choices = [Choice("", REALM_ROLES, not client)]
    choices += [Choice(one.id, one.client_id, one.id == client, is_translated=False) for one in found.values]
    return Filter("client", message("Roles of"), tuple(choices))


def _cells(desk: Desk, role: Role, names: Mapping[str, str]) -> tuple[Cell, ...]:
    owner: Cell = Sentence(message("The realm")) if role.client_id is None else names[role.client_id]
    return (role.name, owner, meaning_of(desk, role))


def _role_url(desk: Desk, role: Role) -> str:
    if role.client_id is None:
        return f"{desk.path}/roles/{role.id}"
    return f"{desk.path}/clients/{role.client_id}/roles"


async def _client_names(desk: Desk, roles: Sequence[Role]) -> dict[str, str]:
    names = {}
    for client in {role.client_id for role in roles if role.client_id is not None}:
        found = await desk.at.deployment.storage.client_by_id(client)
        names[client] = found.client_id if found is not None else client
    return names
