"""Activity: what happened to the person's account, in words, with the reference that support can find."""

from starlette.responses import Response

from vestibule.domain.event import Event
from vestibule.domain.listing import PAGE_SIZE, EventQuery
from vestibule.domain.sentence import Sentence
from vestibule.web.account.desk import AccountDesk
from vestibule.web.account.pages import ACTIVITY, account_page, framed
from vestibule.web.console.lists import list_view, read_page
from vestibule.web.console.views import Cell, Column, ListPage, Row, Status
from vestibule.web.messages import message

PLACE = "/activity"
WORDS = {
    "LOGIN": message("Signed in"),
    "LOGIN_ERROR": message("A sign-in failed"),
    "LOGIN_LOCKED": message("Too many failed sign-ins"),
    "LOGOUT": message("Signed out"),
    "CODE_REUSED": message("An application used a sign-in twice; its access ended"),
    "REFRESH_TOKEN_REUSED": message("An application used a token twice; its access ended"),
    "GRANT_REVOKED": message("The access of an application ended"),
    "CONSENT_GIVEN": message("Access allowed"),
    "CONSENT_DENIED": message("Access denied"),
    "PASSKEY_ADDED": message("Passkey added"),
    "PASSKEY_RENAMED": message("Passkey renamed"),
    "PASSKEY_REMOVED": message("Passkey removed"),
    "PASSKEY_COUNTER": message("A passkey was refused: there may be a copy of it"),
    "PASSWORD_CHANGED": message("Password changed"),
    "EMAIL_CHANGE_ASKED": message("Change of the email address asked for"),
    "EMAIL_CHANGED": message("Email address changed"),
    "EMAIL_CONFIRMATION_SENT": message("Mail sent to confirm the email address"),
    "EMAIL_VERIFIED": message("Email address confirmed"),
    "PROFILE_CHANGED": message("Personal info changed"),
    "MAIL_FAILED": message("A mail could not be sent"),
    "BACKCHANNEL_LOGOUT_FAILED": message("An application did not hear of the sign-out"),
    "ADMINISTRATOR_CREATED": message("Account created"),
    "PERSON_ENROLLED": message("Account created at the first sign-in"),
    "IDENTITY_LINKED": message("Another way to sign in was linked"),
    "IDENTITY_UNLINKED": message("A linked way to sign in was removed"),
}
NAMED = {
    "IDENTITY_LINKED": message("Another way to sign in was linked: {name}"),
    "IDENTITY_UNLINKED": message("A linked way to sign in was removed: {name}"),
}
"""Of events whose provider is known."""
EVENTS = message("Events")
ADMINISTRATOR = message("An administrator")
COLUMNS = (
    Column(message("What")),
    Column(message("When")),
    Column(message("Application")),
    Column(message("Address")),
    Column(message("Reference")),
)


async def show_activity(desk: AccountDesk) -> Response:
    """The person's own events, the newest first."""
    query = EventQuery(
        realm_id=desk.account.realm.id,
        user_id=desk.account.user.id,
        first=(read_page(desk) - 1) * PAGE_SIZE,
        most=PAGE_SIZE,
    )
    found = await desk.account.deployment.storage.list_events(query)
    titles = await _titles(desk, found.values)
    providers = await _providers(desk, found.values)
    listed = list_view(
        desk, desk.path + PLACE, EVENTS, COLUMNS, found, lambda event: _row(desk, event, titles, providers),
        empty_title=message("Nothing has happened yet."),
    )  # fmt: skip
    lead = message("Does something look wrong? Tell your administrator its reference.")
    return account_page(desk, ListPage(**await framed(desk, ACTIVITY, PLACE), lead=lead, list=listed))


def _row(desk: AccountDesk, event: Event, titles: dict[str, str], providers: dict[str, str]) -> Row:
    words = WORDS.get(event.type, event.type)
    what: Cell = Status(words, "bad") if event.error else Sentence(words)
    alias = event.details.get("provider", "")
    if event.type in NAMED and alias and not event.error:
        what = Sentence(NAMED[event.type], {"name": providers.get(alias, alias)})
    # Where an administrator sits is not the person's to know.
    address: Cell = Sentence(ADMINISTRATOR) if _is_of_another(desk, event) else event.address or None
    title = titles.get(event.client_id or "") or None
    return Row("", (what, event.at, title, address, event.reference or None))


def _is_of_another(desk: AccountDesk, event: Event) -> bool:
    user = desk.account.user
    return bool(event.actor_name) and (event.actor_id or user.id) != user.id


async def _providers(desk: AccountDesk, events: tuple[Event, ...]) -> dict[str, str]:
    """The names of the providers, by alias, where an event is about one; a removed one keeps its alias."""
    if not any(event.type in NAMED for event in events):
        return {}
    storage, realm = desk.account.deployment.storage, desk.account.realm
    return {one.alias: one.title for one in await storage.connections(realm.id)}


async def _titles(desk: AccountDesk, events: tuple[Event, ...]) -> dict[str, str]:
    """The names of the applications, by client ID; a removed one keeps its client ID."""
    settings, realm = desk.account.deployment.settings, desk.account.realm
    titles = {}
    for client_id in {event.client_id for event in events if event.client_id}:
        client = await settings.client(realm.id, client_id)
        titles[client_id] = client.title if client is not None else client_id
    return titles
