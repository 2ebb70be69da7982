"""A provider's mappers: their list with the built-in one first, adding one, editing it, its end."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from starlette.responses import Response

from vestibule.domain.connection import ONBOARDING, Connection, ConnectionMapper, ConnectionMapperKind
from vestibule.domain.errors import BadInput
from vestibule.domain.listing import Listing
from vestibule.domain.sentence import Sentence
from vestibule.flows.administer.connections.mappers import (
    add_mapper,
    change_mapper,
    check_not_built_in,
    delete_mapper,
    find_mapper,
)
from vestibule.flows.broker.trial import read_report
from vestibule.representations.connection_mappers import IMPORTER
from vestibule.representations.document import Document
from vestibule.web.console.asking import ask_first
from vestibule.web.console.desk import Desk
from vestibule.web.console.fields import Form
from vestibule.web.console.forms import show_form, take_form
from vestibule.web.console.identity_providers.mapper_forms import (
    LABELS,
    SYNC_MODES,
    Known,
    document_of,
    mapper_form,
    stored_texts,
    what_it_does,
)
from vestibule.web.console.identity_providers.places import (
    MAPPERS,
    MENU,
    MOST_OPEN,
    connection_of,
    path_of,
    provider_frame,
    providers_crumb,
)
from vestibule.web.console.pages import console_page
from vestibule.web.console.views import (
    Button,
    Column,
    Crumb,
    FormView,
    Link,
    ListView,
    RecordPage,
    Row,
    Section,
    Status,
    Text,
)
from vestibule.web.messages import message

TAB = "mappers"
ADD_MAPPER, MAPPER = message("Add Mapper"), message("Mapper")
SHOW_FIELDS = message("Show the fields of this type")
REDRAW = "redraw"
DELETE, QUESTION = message("Delete mapper"), message("Delete the mapper {name}?")
LEAD = message("What this tenant makes of the claims that a person brings. They run in this order.")
BUILT_IN = message("Built in")
ONBOARDING_DOES = message("A person's first entry sets up the passkey that your sign-in policy asks for.")
COLUMNS = (
    Column(message("Name")),
    Column(message("Mapper Type")),
    Column(message("What it does")),
    Column(message("Sync Mode")),
)
MOST_SUGGESTED = 200
ATTRIBUTES = ("user.attribute", "attribute")
USUAL_ATTRIBUTES = ("group", "sub", "department", "phone", "locale")


async def show_mappers(desk: Desk) -> Response:
    """The list (S001-24)."""
    connection = await connection_of(desk)
    url = path_of(desk, connection, TAB)
    rows = tuple(_row(desk, connection, mapper) for mapper in connection.mappers)
    listed = ListView(url, COLUMNS, rows, len(rows), MAPPERS, page_size=max(len(rows), 1))
    add = (Link(ADD_MAPPER, f"{url}/new", "plus"),) if desk.may_change else ()
    frame = await provider_frame(desk, connection, TAB)
    section = Section(lead=LEAD, list=listed)
    return console_page(desk, RecordPage(**frame, actions=add, sections=(section,)))


async def show_new(desk: Desk) -> Response:
    """The empty form of an importer, which most mappers are."""
    connection = await connection_of(desk)
    form = mapper_form(IMPORTER, await _known(desk, connection), is_new=True)
    view = _shown(desk, connection, None, form, {"type": IMPORTER})
    return await _page(desk, connection, None, view)


async def take_new(desk: Desk) -> Response:
    """Adds it."""
    connection = await connection_of(desk)
    return await _take(desk, connection, None, partial(add_mapper, desk.at, connection))


async def show_mapper(desk: Desk) -> Response:
    """The form of a stored mapper."""
    connection, mapper = await _mapper_of(desk)
    form = mapper_form(mapper.kind, await _known(desk, connection), is_new=False)
    return await _page(desk, connection, mapper, _shown(desk, connection, mapper, form))


async def take_mapper(desk: Desk) -> Response:
    """Saves it."""
    connection, mapper = await _mapper_of(desk)
    return await _take(desk, connection, mapper, partial(change_mapper, desk.at, connection, mapper))


async def take_delete(desk: Desk) -> Response:
    """Deletes it, once confirmed."""
    connection, mapper = await _mapper_of(desk)
    back = path_of(desk, connection, TAB)
    crumbs = (providers_crumb(desk), Crumb(name=connection.title, url=back))
    question = Sentence(QUESTION, {"name": mapper.name})
    asked = await ask_first(desk, DELETE, question, DELETE, back, MENU, *crumbs)
    if asked is not None:
        return asked
    await delete_mapper(desk.at, connection, mapper)
    return desk.done(back, "deleted")


async def show_owner(desk: Desk) -> Response:
    """The list, for whoever called off a sign-in that a form asked for."""
    return desk.done(path_of(desk, await connection_of(desk), TAB))


async def _mapper_of(desk: Desk) -> tuple[Connection, ConnectionMapper]:
    connection = await connection_of(desk)
    mapper = find_mapper(connection, desk.named("mapper"))
    check_not_built_in(mapper)
    return connection, mapper


async def _take(
    desk: Desk,
    connection: Connection,
    mapper: ConnectionMapper | None,
    use_case: Callable[[Document], Awaitable[ConnectionMapper]],
) -> Response:
    """Runs the use case; or only shows the fields of another type, with what was typed."""
    form = mapper_form(_kind(desk), await _known(desk, connection), is_new=mapper is None)
    if desk.form.get(REDRAW):
        view = _shown(desk, connection, mapper, form, form.typed(desk.form))
        return await _page(desk, connection, mapper, view)
    back = path_of(desk, connection, TAB)
    taken = await take_form(
        desk, form, _url(desk, connection, mapper), lambda document: use_case(document_of(document)),
        stored_texts(mapper) if mapper is not None else None, cancel_url=back,
    )  # fmt: skip
    if taken.view is not None:
        return await _page(desk, connection, mapper, taken.view, taken.alert, taken.status)
    return desk.done(back, "created" if mapper is None else "saved")


def _shown(
    desk: Desk,
    connection: Connection,
    mapper: ConnectionMapper | None,
    form: Form,
    texts: dict[str, str] | None = None,
) -> FormView:
    return show_form(
        desk, form, _url(desk, connection, mapper), stored_texts(mapper) if mapper is not None else None,
        texts=texts, cancel_url=path_of(desk, connection, TAB),
    )  # fmt: skip


def _kind(desk: Desk) -> ConnectionMapperKind:
    """The type that was chosen. Raises `BadInput` for what the select does not hold."""
    for kind in LABELS:
        if kind == desk.form.get("type"):
            return kind
    raise BadInput(f"there is no type of mapper {desk.form.get('type', '')[:60]!r}")


async def _known(desk: Desk, connection: Connection) -> Known:
    """What can be picked: the claims of the last sign-in among it (S001-25), of the last test before any."""
    storage = desk.at.deployment.storage
    state = await storage.connection_state(connection.id)
    claims = state.claims if state is not None else ()
    tested = () if claims else await _tested_claims(desk, connection)
    roles = await storage.list_roles(desk.realm.id, Listing(most=MOST_SUGGESTED))
    groups = await storage.list_groups(desk.realm.id, Listing(most=MOST_SUGGESTED))
    used = [one.config[name] for one in connection.mappers for name in ATTRIBUTES if one.config.get(name)]
    return Known(
        claims or tested,
        tuple(dict.fromkeys((*USUAL_ATTRIBUTES, *used))),
        tuple(role.name for role in roles.values),
        tuple(group.path for group in groups.values),
        are_of_test=bool(tested),
    )


async def _tested_claims(desk: Desk, connection: Connection) -> tuple[str, ...]:
    """The names of the claims of the newest test that had any."""
    tests = await desk.at.deployment.storage.connection_tests(connection.id, MOST_OPEN)
    found = (tuple(sorted(read_report(test).claims)) for test in tests)
    return next(filter(None, found), ())


def _url(desk: Desk, connection: Connection, mapper: ConnectionMapper | None) -> str:
    return f"{path_of(desk, connection, TAB)}/{mapper.id if mapper is not None else 'new'}"


def _row(desk: Desk, connection: Connection, mapper: ConnectionMapper) -> Row:
    if mapper.kind == ONBOARDING:
        return Row("", (mapper.name, Status(BUILT_IN), Sentence(ONBOARDING_DOES), None))
    url = _url(desk, connection, mapper)
    question = Sentence(QUESTION, {"name": mapper.name})
    delete = Button(message("Delete"), f"{url}/delete", confirm=question, tone="danger")
    mode = Sentence(dict(SYNC_MODES)[mapper.sync_mode])
    cells = (mapper.name, Sentence(LABELS[mapper.kind]), what_it_does(mapper), mode)
    return Row(url, cells, (delete,) if desk.may_change else ())


async def _page(
    desk: Desk,
    connection: Connection,
    mapper: ConnectionMapper | None,
    view: FormView,
    alert: Text = "",
    status: int = 200,
) -> Response:
    last = Crumb(name=mapper.name) if mapper is not None else Crumb(ADD_MAPPER)
    crumb = Crumb(MAPPERS, url=path_of(desk, connection, TAB))
    frame = await provider_frame(desk, connection, TAB, crumb, last)
    frame |= {"title": ADD_MAPPER if mapper is None else MAPPER, "name": mapper.name if mapper else ""}
    view = replace(view, others=((REDRAW, SHOW_FIELDS),))
    return console_page(desk, RecordPage(**frame, alert=alert, sections=(Section(form=view),)), status)
