"""Mappers in the console: their list on their owner's page, adding one, editing it, its end.

The owner is a client scope or a single client; its path comes before `/mappers`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, get_args

from starlette.responses import Response

from vestibule.domain.client import Client
from vestibule.domain.client_scope import MapperKind, ProtocolMapper
from vestibule.domain.errors import BadInput
from vestibule.domain.sentence import Sentence
from vestibule.flows.administer.mappers import (
    MapperOwner,
    add_mapper,
    change_mapper,
    delete_mapper,
    find_mapper,
)
from vestibule.oidc.predefined_mappers import predefined_mappers
from vestibule.representations.document import Document
from vestibule.representations.mappers import write_mapper
from vestibule.web.console.asking import ask_first
from vestibule.web.console.client_scopes.mapper_forms import LABELS, mapper_form
from vestibule.web.console.desk import Desk
from vestibule.web.console.forms import show_form, take_form
from vestibule.web.console.pages import console_page, framed
from vestibule.web.console.views import (
    Button,
    Choice,
    Column,
    Crumb,
    FieldGroup,
    FieldView,
    FormView,
    Link,
    ListView,
    RecordPage,
    Row,
    Section,
    Text,
)
from vestibule.web.messages import message

MAPPERS = message("Mappers")
COLUMNS = (Column(message("Name")), Column(message("Type")), Column(message("Token claim name")))
NEW_MAPPER = message("Add mapper")
DELETE = message("Delete mapper")
NEW_VALUES = {
    "protocolMapper": "", "name": "",
    "config": {"id.token.claim": "true", "access.token.claim": "true", "userinfo.token.claim": "true"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Where the mappers of one owner live: the owner's own path, its page, and the steps that lead there."""

    owner: MapperOwner
    path: str
    page: str
    menu: str
    crumbs: tuple[Crumb, ...]


FindPlace = Callable[[Desk], Awaitable[Place]]


def mapper_sections(
    desk: Desk, owner: MapperOwner, path: str, *, title: Text = MAPPERS, lead: Text = ""
) -> list[Section]:
    """The list, and for whoever may change it the ways to add one."""
    may_change = desk.at.may("change") and not (isinstance(owner, Client) and owner.built_in)

    def row(mapper: ProtocolMapper) -> Row:
        question = Sentence(message("Delete the mapper {name}?"), {"name": mapper.name})
        delete = Button(
            message("Delete"), f"{path}/mappers/{mapper.id}/delete", confirm=question, tone="danger"
        )
        cells = (mapper.name, Sentence(LABELS[mapper.kind]), mapper.config.get("claim.name", ""))
        return Row(f"{path}/mappers/{mapper.id}", cells, (delete,) if may_change else ())

    listed = ListView(
        path, COLUMNS, tuple(map(row, owner.mappers)), len(owner.mappers), MAPPERS,
        nothing_found=message("No mappers yet. A mapper puts a fact about the person into tokens."),
    )  # fmt: skip
    sections = [Section(title, lead=lead, list=listed, anchor="mappers")]
    return sections + _adding(owner, path) if may_change else sections


def _adding(owner: MapperOwner, path: str) -> list[Section]:
    here = {mapper.name for mapper in owner.mappers}
    free = [one.name for one in predefined_mappers(str) if one.name not in here]
    predefined = FieldView(
        "name", message("Predefined mapper"), "select",
        choices=tuple(Choice(name, name, is_translated=False) for name in free),
    )  # fmt: skip
    form = FormView(
        f"{path}/mappers/predefined", (FieldGroup("", (predefined,)),), message("Add predefined mapper")
    )
    kinds = tuple(Link(label, f"{path}/mappers/new?kind={kind}", "plus") for kind, label in LABELS.items())
    by_kind = Section(message("Add mapper by configuration"), links=kinds)
    return [Section(message("Add predefined mapper"), form=form), by_kind] if free else [by_kind]


@dataclass(frozen=True, slots=True)
class MapperPages:
    """The pages of the mappers of one sort of owner; `find` says which owner the address names."""

    find: FindPlace

    async def show_new(self, desk: Desk) -> Response:
        """The form of the kind in the query."""
        place, kind = await self.find(desk), _kind(desk)
        action = f"{place.path}/mappers/new?kind={kind}"
        form = mapper_form(kind)
        view = show_form(desk, form, action, texts=form.texts_of(NEW_VALUES), cancel_url=place.page)
        return await _page(desk, place, kind, view)

    async def take_new(self, desk: Desk) -> Response:
        """Adds the mapper."""
        place, kind = await self.find(desk), _kind(desk)
        action = f"{place.path}/mappers/new?kind={kind}"
        add = partial(add_mapper, desk.at, place.owner)
        taken = await take_form(desk, mapper_form(kind), action, add, cancel_url=place.page)
        if taken.view is not None:
            return await _page(desk, place, kind, taken.view, taken.alert, taken.status)
        return desk.done(place.page, "created")

    async def show_owner(self, desk: Desk) -> Response:
        """The page of the mappers, for whoever called off a sign-in that a form asked for."""
        return desk.done((await self.find(desk)).page)

    async def take_predefined(self, desk: Desk) -> Response:
        """Adds one of the list."""
        place = await self.find(desk)
        name = desk.form.get("name", "")
        found = next((one for one in predefined_mappers(desk.at.deployment.new_id) if one.name == name), None)
        if found is None:
            raise BadInput(f"there is no predefined mapper {name[:40]!r}")
        await add_mapper(desk.at, place.owner, Document.of(write_mapper(found)))
        return desk.done(place.page, "created")

    async def show(self, desk: Desk) -> Response:
        """The form of a stored mapper."""
        place = await self.find(desk)
        mapper = find_mapper(place.owner, desk.named("mapper"))
        form, stored = mapper_form(mapper.kind, mapper), _stored(mapper)
        action = f"{place.path}/mappers/{mapper.id}"
        view = show_form(desk, form, action, stored, cancel_url=place.page)
        return await _page(desk, place, mapper.kind, view, name=mapper.name)

    async def take(self, desk: Desk) -> Response:
        """Saves it."""
        place = await self.find(desk)
        mapper = find_mapper(place.owner, desk.named("mapper"))
        action = f"{place.path}/mappers/{mapper.id}"
        form = mapper_form(mapper.kind, mapper)
        change = partial(change_mapper, desk.at, place.owner, mapper)
        taken = await take_form(desk, form, action, change, _stored(mapper), cancel_url=place.page)
        if taken.view is not None:
            return await _page(desk, place, mapper.kind, taken.view, taken.alert, taken.status, mapper.name)
        return desk.done(place.page, "saved")

    async def take_delete(self, desk: Desk) -> Response:
        """Deletes it, once confirmed."""
        place = await self.find(desk)
        mapper = find_mapper(place.owner, desk.named("mapper"))
        question = Sentence(message("Delete the mapper {name}?"), {"name": mapper.name})
        asked = await ask_first(desk, DELETE, question, DELETE, place.page, place.menu, *place.crumbs)
        if asked is not None:
            return asked
        await delete_mapper(desk.at, place.owner, mapper)
        return desk.done(place.page, "deleted")


def _stored(mapper: ProtocolMapper) -> dict[str, Any]:
    return write_mapper(mapper)


def _kind(desk: Desk) -> MapperKind:
    text = desk.call.query.get("kind") or ""
    for kind in get_args(MapperKind):
        if text == kind:
            found: MapperKind = kind
            return found
    raise BadInput(f"there is no mapper of the kind {text[:60]!r}")


async def _page(
    desk: Desk,
    place: Place,
    kind: MapperKind,
    form: FormView,
    alert: Text = "",
    status: int = 200,
    name: str = "",
) -> Response:
    frame = await framed(desk, NEW_MAPPER, place.menu, *place.crumbs, name=name)
    view = RecordPage(**frame, lead=Sentence(LABELS[kind]), alert=alert, sections=(Section(form=form),))
    return console_page(desk, view, status)
