"""The attempt to sign in, as it is stored between two pages, and what is next of it.

An attempt belongs to the browser that began it, and its identifier changes when the person has proved who
they are.
"""

from dataclasses import dataclass
from hmac import compare_digest
from typing import Literal

from vestibule.crypto.secrets import digest
from vestibule.domain.client import Client, at_home
from vestibule.domain.connection import BrokerStep
from vestibule.domain.errors import LoginExpired
from vestibule.domain.login import Login
from vestibule.flows.authorize import read_request
from vestibule.flows.consent import needs_consent
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.new_password import is_due
from vestibule.flows.ports import ActiveRealm, SignedIn
from vestibule.flows.session import signed_in_session
from vestibule.flows.way_back import login_expired
from vestibule.oidc import errors
from vestibule.oidc.authorize import AuthorizationRequest, read_authorization_request

Step = Literal["identify", "password", "new_password", "passkey_offer", "consent", "done"] | BrokerStep


@dataclass(frozen=True, slots=True)
class Attempt:
    """A loaded attempt: where it stands, and whom it is for."""

    active: ActiveRealm
    client: Client
    request: AuthorizationRequest
    login: Login
    token: str
    signed_in: SignedIn | None
    step: Step


def advance(login: Login, consent_due: bool, *, password_allowed: bool = True) -> Step:
    """What is next, from the persisted attempt alone."""
    if login.session_id is None and login.brokered is not None and login.brokered.due:
        return login.brokered.due[0]
    if login.session_id is None and password_allowed and is_due(login):
        return "new_password"
    if login.session_id is None:
        return (
            "password"
            if login.username and login.facts.get("identified") and password_allowed
            else "identify"
        )
    if login.passkey_offer:
        return "passkey_offer"
    return "consent" if consent_due else "done"


async def load(deployment: Deployment, realm_name: str, token: str, visitor: Visitor) -> Attempt:
    """The attempt that `token` names, if this browser began it and it still lives.

    Raises `LoginExpired` in every other case, without saying which, and with a way back: to the
    application that this browser came from, else to the person's own pages.
    """
    active = await deployment.settings.active_realm(realm_name)
    login = await deployment.storage.login(digest(token)) if token else None
    return await attempt_of(deployment, active, login, token, visitor)


async def attempt_of(
    deployment: Deployment, active: ActiveRealm, login: Login | None, token: str, visitor: Visitor
) -> Attempt:
    """As `load`, with the attempt as it was read."""
    now = deployment.clock.now()
    if login is None or login.realm_id != active.realm.id:
        raise await login_expired(deployment, active, "unknown attempt")
    if not compare_digest(login.browser_digest, digest(visitor.browser or "")):
        raise await login_expired(deployment, active, "the attempt was begun by another browser")
    if login.expires_at <= now:
        raise await login_expired(deployment, active, "expired attempt", login.client_id)
    stored = await deployment.storage.client_by_id(login.client_id)
    if stored is None or not stored.enabled:
        raise errors.UnknownClient("the client went away during the attempt")
    client = at_home(stored, deployment.public_url)
    request = read_authorization_request(read_request(login.request), client)
    signed_in = await _signed_in(deployment, active, login, visitor)
    consent_due = signed_in is not None and await needs_consent(
        deployment, client, request, signed_in.user.id
    )
    step = advance(login, consent_due, password_allowed=active.realm.sign_in.password)
    if signed_in is not None and not signed_in.user.enabled:
        step = "done"  # nothing more is asked of a disabled person: the end refuses
    return Attempt(active, client, request, login, token, signed_in, step)


async def _signed_in(
    deployment: Deployment, active: ActiveRealm, login: Login, visitor: Visitor
) -> SignedIn | None:
    """The session of an attempt that is past its proofs: this browser must still hold exactly it."""
    if login.session_id is None:
        return None
    signed_in = await signed_in_session(deployment, active, visitor.session)
    if signed_in is None or signed_in.session.id != login.session_id:
        raise LoginExpired("the attempt's session is not this browser's session")
    return signed_in
