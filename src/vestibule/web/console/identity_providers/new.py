"""Adding a provider: its redirect URI is final before anything is typed, the rest fills itself in."""

from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from vestibule.catalogue.providers import provider
from vestibule.domain.connection import Connection, ProviderKind
from vestibule.flows.administer.connections.aliases import reserve_alias
from vestibule.flows.administer.connections.changing import create_connection
from vestibule.flows.administer.connections.finding import written
from vestibule.flows.administer.connections.starting import placed, started
from vestibule.representations.connection_addresses import DISCOVERY
from vestibule.web.answers import see_other
from vestibule.web.console.desk import Desk
from vestibule.web.console.fields import Form
from vestibule.web.console.forms import show_form, take_form, with_lost
from vestibule.web.console.identity_providers.form import new_form
from vestibule.web.console.identity_providers.guide import guide_values
from vestibule.web.console.identity_providers.metadata import (
    filled_texts,
    outcome_of,
    read,
    unread_of,
    with_reading,
)
from vestibule.web.console.identity_providers.places import (
    MENU,
    kind_of,
    list_path,
    name_of,
    new_path,
    path_of,
    providers_crumb,
    redirect_uri,
)
from vestibule.web.console.identity_providers.trial import test_button
from vestibule.web.console.identity_providers.views import NewProviderPage
from vestibule.web.console.pages import console_page, framed
from vestibule.web.console.views import Copyable, FormView, Outcome, Section, Text
from vestibule.web.messages import message

ADD_PROVIDER = message("Add provider")
REDIRECT_URI = message("Redirect URI")
REDIRECT_NOTE = message(
    "Register it at the provider, letter for letter, before you go on. It stays the same when this page is "
    "loaded again."
)
READ_NOW = message("Read the discovery document")
READ = "read"


async def show_new(desk: Desk) -> Response:
    """The form. The alias that was reserved for it stands in the address (D5)."""
    kind = kind_of(desk)
    alias = await reserve_alias(desk.at, kind)
    if desk.call.query.get("alias") != alias:
        return see_other(_action(desk, kind, alias))
    base = _base(desk, kind, alias)
    form = _form(desk, base)
    view = show_form(
        desk,
        form,
        _action(desk, kind, alias),
        texts=_first_texts(desk, base, form),
        cancel_url=list_path(desk),
    )
    return await _page(desk, base, view)


async def take_new(desk: Desk) -> Response:
    """Adds the provider and opens its mappers, which come next; or only reads the metadata."""
    kind, alias = kind_of(desk), desk.call.query.get("alias") or ""
    base = _base(desk, kind, alias)
    form, action = _form(desk, base), _action(desk, kind, alias)
    if desk.form.get(READ):
        found = await read(desk, kind, desk.form)
        texts = {**form.typed(desk.form), **filled_texts(form, found)}
        lost = with_lost(form, desk.form)
        view = show_form(desk, form, action, texts=texts, errors=lost, cancel_url=list_path(desk))
        return await _page(desk, base, view, outcome_of(desk, form, found))
    create = partial(create_connection, desk.at)
    taken = await take_form(desk, form, action, create, cancel_url=list_path(desk))
    if taken.view is not None:
        return await _page(desk, base, taken.view, unread_of(desk, taken), taken.alert, taken.status)
    return desk.done(path_of(desk, taken.done, "mappers"), "created")


async def show_again(desk: Desk) -> Response:
    """The form, for whoever called off a sign-in that reading the metadata asked for."""
    return see_other(new_path(desk, kind_of(desk)))


def _base(desk: Desk, kind: ProviderKind, alias: str) -> Connection:
    return started(desk.at.deployment, kind, desk.realm.id, alias, desk.at.now)


def _form(desk: Desk, base: Connection) -> Form:
    return new_form(base.kind, base.alias, desk.call.choose_locale())


def _first_texts(desk: Desk, base: Connection, form: Form) -> dict[str, str]:
    """What the preset knows. Who may join is never chosen beforehand, and what the provider tells is left to
    it (D20, D22)."""
    preset = provider(base.kind).preset
    document: dict[str, Any] = written(base if preset.tenant else placed(desk.at.deployment, base))
    texts = form.texts_of(document)
    texts |= {"join": "", "display_name": provider(base.kind, desk.call.choose_locale()).form.display_name}
    if preset.discovery:
        texts |= {"par": "", "authentication": ""}
        texts["discovery"] = document["config"][DISCOVERY]
    return texts


def _action(desk: Desk, kind: ProviderKind, alias: str) -> str:
    return f"{new_path(desk, kind)}?{urlencode({'alias': alias})}"


async def _page(
    desk: Desk,
    base: Connection,
    view: FormView,
    outcome: Outcome | None = None,
    alert: Text = "",
    status: int = 200,
) -> Response:
    found = provider(base.kind, desk.call.choose_locale())
    uri = Copyable(REDIRECT_URI, redirect_uri(desk, base), REDIRECT_NOTE)
    if found.preset.discovery:
        view = _with_button(with_reading(desk, base.kind, view, outcome))
    trial_url = f"{new_path(desk, base.kind)}/test?{urlencode({'alias': base.alias})}"
    view = replace(view, elsewhere=(test_button(trial_url),))
    frame = await framed(desk, ADD_PROVIDER, MENU, providers_crumb(desk), name=name_of(desk, base.kind))
    page = NewProviderPage(
        **frame,
        lead=found.sentence,
        alert=alert,
        sections=(Section(values=(uri,), form=view),),
        provider=found,
        guide=found.guide(guide_values(desk, base)),
    )
    return console_page(desk, page, status)


def _with_button(view: FormView) -> FormView:
    """Without a script the metadata are read by a button; they are read when the form is sent, too."""
    return replace(view, others=((READ, READ_NOW),))
