"""Realm settings > Keys: the signing keys and their roll-over."""

from starlette.responses import Response

from vestibule.domain.key import StoredKey
from vestibule.domain.realm import issuer
from vestibule.domain.sentence import Sentence
from vestibule.flows.administer.keys import roll_over
from vestibule.oidc.discovery import provider_metadata
from vestibule.web.console.asking import ask_first
from vestibule.web.console.desk import Desk
from vestibule.web.console.pages import console_page
from vestibule.web.console.settings.frame import KEYS, SETTINGS, settings_frame, settings_path
from vestibule.web.console.views import (
    Button,
    Column,
    Copyable,
    Crumb,
    ListView,
    RecordPage,
    Row,
    Section,
    Status,
)
from vestibule.web.messages import message

TAB = "keys"
ROLL_OVER = message("Roll over")
QUESTION = message("Roll the keys over? The next keys sign from now on.")
WHAT_HAPPENS = message(
    "The next key of each algorithm signs from now on; a new next one is published. The former key is "
    "published until the last token that it signed has expired. Applications that read the JWKS address, as "
    "all should, notice nothing."
)
ACTIVE, NEXT = Status(message("Active"), "good"), Status(message("Next"))
RETIRED, OVER = message("Retired until {moment}"), Status(message("Retired"))
COLUMNS = (
    Column(message("Key ID")),
    Column(message("Algorithm")),
    Column(message("State")),
    Column(message("Made")),
)
ORDER = {"active": 0, "next": 1, "retired": 2}


async def show_keys(desk: Desk) -> Response:
    """The keys, those in use first."""
    keys = await desk.at.deployment.storage.keys(desk.realm.id)
    rows = [
        Row("", (key.kid, key.algorithm, _state(key), key.created_at))
        for key in sorted(keys, key=lambda key: (key.algorithm, ORDER[key.state], key.created_at))
    ]
    metadata = provider_metadata(issuer(desk.at.deployment.public_url, desk.realm.name))
    address = Copyable(message("JWKS / Public Keys Endpoint"), str(metadata["jwks_uri"]))
    button = Button(ROLL_OVER, settings_path(desk, "keys/roll-over"), confirm=QUESTION, tone="primary")
    listed = ListView(settings_path(desk, TAB), COLUMNS, tuple(rows), len(rows), message("Signing keys"))
    sections = [Section(message("Signing keys"), list=listed), Section(values=(address,))]
    if desk.at.may("change"):
        sections.insert(1, Section(ROLL_OVER, lead=WHAT_HAPPENS, buttons=(button,)))
    return console_page(desk, RecordPage(**await settings_frame(desk, TAB), sections=tuple(sections)))


async def take_roll_over(desk: Desk) -> Response:
    """Rolls them over, once confirmed."""
    path = settings_path(desk, TAB)
    crumbs = (Crumb(SETTINGS, url=settings_path(desk)), Crumb(KEYS, url=path))
    asked = await ask_first(desk, ROLL_OVER, Sentence(QUESTION), ROLL_OVER, path, "settings", *crumbs)
    if asked is not None:
        return asked
    await roll_over(desk.at)
    return desk.done(path, "rotated")


def _state(key: StoredKey) -> Status:
    """In words; a retired key verifies until the moment that is told."""
    if key.state == "active":
        return ACTIVE
    if key.state == "next":
        return NEXT
    if key.expires_at is None:
        return OVER
    return Status(Sentence(RETIRED, {"moment": key.expires_at.strftime("%Y-%m-%d %H:%M UTC")}), "warning")
