"""Reading a provider's metadata into its form: at once for a script, by a button without one (S001-19)."""

from collections.abc import Mapping
from dataclasses import replace

from starlette.responses import Response

from vestibule.catalogue.provider import preset_addresses
from vestibule.domain.connection import ProviderKind
from vestibule.domain.errors import AddressNotAllowed, UpstreamTimeout, UpstreamUnreachable, VestibuleError
from vestibule.domain.errors.upstream import DiscoveryFailed, UpstreamError
from vestibule.domain.sentence import Sentence
from vestibule.flows.administer.connections.changing import MetadataUnread
from vestibule.flows.administer.connections.discovering import Discovered, discover
from vestibule.flows.administer.connections.starting import preset_of
from vestibule.flows.administer.connections.unread import sentence_of
from vestibule.oidc.relying_party.discovery import NOTHING_THERE
from vestibule.web.answers import console_answer
from vestibule.web.console.allowing import way_out
from vestibule.web.console.desk import Desk
from vestibule.web.console.fields import Form
from vestibule.web.console.forms import Taken
from vestibule.web.console.identity_providers.fields import ADDRESSES, CONFIG, DISCOVERY_ENDPOINT
from vestibule.web.console.identity_providers.form import new_form, sources_of
from vestibule.web.console.identity_providers.places import kind_of, list_path
from vestibule.web.console.identity_providers.views import OutcomePage
from vestibule.web.console.views import FieldGroup, FormView, Link, Outcome, Reading, Text
from vestibule.web.messages import message

READ = message("The provider has been read, and these values stand under Advanced.")
EXPECTED, CAME = message("Expected"), message("Came")
ERROR_NAME, WHAT_TO_DO = message("Error"), message("What to do")
ADDRESS = message("Address asked")
MISTYPED = message(
    "The provider knows nothing at this address: the tenant, realm or organisation in it may be mistyped."
)
REACH_IT = message("Check the address, and that this service can reach it from where it runs.")
LONGEST = 300


async def show_outcome(desk: Desk) -> Response:
    """What a script of the form puts into it."""
    kind = kind_of(desk)
    form = new_form(kind, "", desk.call.choose_locale())
    found = await read(desk, kind, desk.form)
    return console_answer(desk.call, OutcomePage(outcome=outcome_of(desk, form, found)))


async def read(desk: Desk, kind: ProviderKind, typed: Mapping[str, str]) -> Discovered:
    """The metadata at the address that was typed, or that follows from the server and the tenant."""
    address = typed.get(DISCOVERY_ENDPOINT.name, "").strip() or _address(desk, kind, typed)
    return await discover(desk.at, kind, address)


def outcome_of(desk: Desk, form: Form, found: Discovered) -> Outcome:
    """What was found in words, or the named failure with what was expected (S001-56)."""
    if found.error is not None:
        return failure_of(desk, found.error)
    texts = filled_texts(form, found)
    facts = tuple((one.label, texts[one.name]) for one in ADDRESSES if texts.get(one.name))
    return Outcome("good", READ, facts, found.notes, tuple(texts.items()))


def unread_of(desk: Desk, taken: Taken) -> Outcome | None:
    """Why a form was not taken, where that is what came from the provider's address."""
    return failure_of(desk, taken.error.error) if isinstance(taken.error, MetadataUnread) else None


def filled_texts(form: Form, found: Discovered) -> dict[str, str]:
    """What the controls show of the metadata."""
    texts = form.texts_of({CONFIG: found.config})
    return {one.name: texts[one.name] for one in form.fields if one.path[-1] in found.config}


def with_reading(desk: Desk, kind: ProviderKind, view: FormView, outcome: Outcome | None = None) -> FormView:
    """The form whose Discovery Endpoint fills in the rest; what was read already stands below it."""
    form = new_form(kind, "", "en")
    reading = Reading(f"{list_path(desk)}/{kind}/metadata", sources_of(form), outcome)

    def with_it(group: FieldGroup) -> FieldGroup:
        shown = tuple(
            replace(one, reading=reading) if one.name == DISCOVERY_ENDPOINT.name else one
            for one in group.fields
        )
        return replace(group, fields=shown)

    return replace(view, groups=tuple(map(with_it, view.groups)))


def _address(desk: Desk, kind: ProviderKind, typed: Mapping[str, str]) -> str:
    preset = preset_of(desk.at.deployment, kind)
    try:
        found = preset_addresses(preset, base=typed.get("server", ""), tenant=typed.get("tenant", ""))
    except ValueError:
        return ""
    return found.discovery_url


def failure_of(desk: Desk, error: VestibuleError) -> Outcome:
    """The named failure, with what can be done about it by whoever looks at it."""
    facts: list[tuple[Text, str]] = [(ADDRESS, error.asked)] if error.asked else []
    if isinstance(error, UpstreamError):
        pairs = ((EXPECTED, error.expected), (CAME, error.came))
        facts += [(label, text[:LONGEST]) for label, text in pairs if text]
    elif error.detail:
        facts.append((CAME, error.detail[:LONGEST]))
    facts.append((ERROR_NAME, error.code))
    notes, links = _remedies(desk, error)
    return Outcome("bad", sentence_of(error), tuple(facts), notes, links=links)


def _remedies(desk: Desk, error: VestibuleError) -> tuple[tuple[Sentence, ...], tuple[Link, ...]]:
    if isinstance(error, AddressNotAllowed):
        sentence, links = way_out(desk, error.place)
        return (sentence,), links
    remedy = REACH_IT if isinstance(error, UpstreamUnreachable | UpstreamTimeout) else error.remedy
    if isinstance(error, DiscoveryFailed) and error.detail.startswith(NOTHING_THERE):
        remedy = MISTYPED
    return ((Sentence(remedy),) if remedy else ()), ()
