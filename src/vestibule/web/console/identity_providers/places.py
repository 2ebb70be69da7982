"""Where a provider's pages are, what frames them, and how it stands in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vestibule.catalogue.providers import provider
from vestibule.domain.connection import PROVIDER_KINDS, Connection, ProviderKind
from vestibule.domain.errors import PageNotFound
from vestibule.domain.errors.upstream import (
    AccountDisabled,
    AccountNotLinked,
    AlreadyLinked,
    DomainNotAllowed,
    MissingUserInfo,
    PersonNotHere,
    StateMismatch,
    TenantNotAllowed,
    UpstreamAccessDenied,
    UpstreamSignInTooOld,
)
from vestibule.domain.expiry import SOON_DAYS, days_left
from vestibule.flows.administer.connections.finding import find_connection
from vestibule.flows.broker.trial import has_failed, newest_of
from vestibule.flows.ports import ConnectionTest
from vestibule.web.console.desk import Desk
from vestibule.web.console.expiries.wording import expiry_status
from vestibule.web.console.pages import framed, tabs
from vestibule.web.console.views import Crumb, MenuItem, Status
from vestibule.web.messages import message

MENU = "identity-providers"
PROVIDERS = message("Identity Providers")
PROVIDER = message("Identity provider")
SETTINGS, MAPPERS, SECRETS = message("Settings"), message("Mappers"), message("Secrets")
TEST, GUIDE = message("Test"), message("Guide")
ENABLED, DISABLED, TEST_FAILED = message("Enabled"), message("Disabled"), message("Test failed")
SIGN_IN_FAILED = message("Last sign-in failed")
TESTS = "tests"
MOST_OPEN = 5
"""As many of the newest runs are looked at for one that says something."""
TABS = (("", SETTINGS), ("mappers", MAPPERS), ("secrets", SECRETS), (TESTS, TEST), ("guide", GUIDE))
"""(what follows the provider's path, label). The tests hold claims of people: who may only see the realm
does not see them."""


OF_ONE_PERSON = frozenset(
    error.code
    for error in (
        AccountDisabled, AccountNotLinked, AlreadyLinked, DomainNotAllowed, MissingUserInfo, PersonNotHere,
        StateMismatch, TenantNotAllowed, UpstreamAccessDenied, UpstreamSignInTooOld,
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a connection beside its settings: its last sign-ins, and its newest test."""

    last_success_at: datetime | None = None
    test: ConnectionTest | None = None
    last_failure_at: datetime | None = None
    last_error: str = ""

    @property
    def failure(self) -> str:
        """Why the last sign-in failed, where nobody came in since and no test passed since, and where it is
        about the provider: what is about one person says nothing of the others."""
        if self.last_failure_at is None or self.last_error in OF_ONE_PERSON:
            return ""
        tested_at = self.test.at if self.test is not None and self.test.passed else None
        later = (at for at in (self.last_success_at, tested_at) if at is not None)
        return "" if any(at >= self.last_failure_at for at in later) else self.last_error


async def connection_of(desk: Desk) -> Connection:
    """The connection of the address. Raises `NotHere`."""
    return await find_connection(desk.at, desk.named("alias"))


def kind_of(desk: Desk) -> ProviderKind:
    """The kind in the address of a new provider. Raises `PageNotFound`."""
    for kind in PROVIDER_KINDS:
        if kind == desk.named("alias"):
            return kind
    raise PageNotFound(f"no kind of provider {desk.named('alias')[:80]!r}")


def list_path(desk: Desk) -> str:
    """The list, which ends in the kinds that can be added."""
    return f"{desk.path}/{MENU}"


def new_path(desk: Desk, kind: ProviderKind) -> str:
    """The form of a new provider of this kind."""
    return f"{list_path(desk)}/{kind}/new"


def path_of(desk: Desk, connection: Connection, tab: str = "") -> str:
    """A tab of the provider."""
    base = f"{list_path(desk)}/{connection.alias}"
    return f"{base}/{tab}" if tab else base


def redirect_uri(desk: Desk, connection: Connection) -> str:
    """What has to be registered at the provider, letter for letter."""
    return connection.callback_url(desk.at.deployment.public_url, desk.realm.name)


def providers_crumb(desk: Desk) -> Crumb:
    """The step of the breadcrumb to the list."""
    return Crumb(PROVIDERS, url=list_path(desk))


def name_of(desk: Desk, kind: ProviderKind) -> str:
    """What the list of kinds calls it (S001-14)."""
    return provider(kind, desk.call.choose_locale()).chooser


async def standing_of(desk: Desk, connection: Connection) -> Standing:
    """As it is stored now."""
    storage = desk.at.deployment.storage
    state = await storage.connection_state(connection.id)
    newest = newest_of(await storage.connection_tests(connection.id, MOST_OPEN), desk.at.now)
    if state is None:
        return Standing(test=newest)
    return Standing(state.last_success_at, newest, state.last_failure_at, state.last_error)


def status_of(connection: Connection, standing: Standing, now: datetime) -> Status:
    """The one thing to know first (rule 16): off, failed, about to end, or well."""
    if not connection.enabled:
        return Status(DISABLED)
    if has_failed(connection, standing.test, standing.last_success_at):
        return Status(TEST_FAILED, "bad")
    if standing.failure:
        return Status(SIGN_IN_FAILED, "bad")
    secret = connection.secret
    if (
        secret is not None
        and secret.expires_on is not None
        and days_left(secret.expires_on, now) <= SOON_DAYS
    ):
        return expiry_status(secret.expires_on, now)
    return Status(ENABLED, "good")


async def provider_frame(desk: Desk, connection: Connection, tab: str, *crumbs: Crumb) -> dict[str, Any]:
    """The frame of a tab. `crumbs` lead from the provider to a page below the tab."""
    steps: tuple[Crumb, ...] = (providers_crumb(desk),)
    if crumbs:
        steps += (Crumb(name=connection.title, url=path_of(desk, connection)), *crumbs[:-1])
    frame = await framed(desk, PROVIDER, MENU, *steps, name=connection.title)
    if crumbs:
        return {**frame, "crumbs": (*frame["crumbs"][:-1], crumbs[-1])}
    about = MenuItem(
        message("Events"),
        f"{desk.path}/events?kind=changes&path=identity-provider/instances/{connection.alias}",
        "",
    )
    shown = [one for one in TABS if desk.may_change or one[0] != TESTS]
    return {
        **frame,
        "status": status_of(connection, await standing_of(desk, connection), desk.at.now),
        "tabs": (*tabs(desk, path_of(desk, connection), tab, *shown), about),
    }
