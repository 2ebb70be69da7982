"""How our own pages, the console and the account, sign people in: as clients of the realm like any other.

`begin` keeps what the answer must fit under the digest of `state`, bound to this browser; `complete`
takes it once, takes the code and says who signed in, when and how (RFC 6749 section 10.12, RFC 7636).
"""

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass, replace
from datetime import timedelta
from hmac import compare_digest
from urllib.parse import urlencode

import msgspec

from vestibule.crypto.secrets import digest, new_token
from vestibule.domain.client import at_home
from vestibule.domain.errors import LoginExpired, RealmNotFound, StrongerSignInNeeded
from vestibule.domain.realm import issuer
from vestibule.domain.session import Session
from vestibule.domain.user import User
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.ports import ActiveRealm, SignedIn
from vestibule.flows.token.authorization_code import check_code_verifier, check_redirect_uri, is_code_of
from vestibule.flows.token.in_use import check_in_use
from vestibule.flows.token.values import read_code
from vestibule.oidc.authorize import Parameters
from vestibule.oidc.errors import ProtocolError

PURPOSE = "own_sign_in"
DRAFTS = "console_draft"
"""Under which forms are kept that wait for a sign-in; each is sealed for this word."""
LIFE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a sign-in is for. `return_to` is a path of ours, `draft` names a form that waits for it.

    `user_id` says who must sign in, where it is a fresh proof; `acr` how strong at least.
    """

    client_id: str
    return_to: str
    prompt: str = ""
    user_id: str = ""
    acr: str = ""
    draft: str = ""
    login_hint: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """Where to send the browser; `browser` is its new cookie, if it had none."""

    url: str
    browser: str | None


@dataclass(frozen=True, slots=True)
class Proof:
    """Who signed in through the realm's pages; `session` is the realm's session that the proof is of."""

    wanted: Wanted
    user: User
    session: Session


class _Kept(msgspec.Struct):
    browser: str
    verifier: str
    realm_id: str
    wanted: Wanted


async def begin(deployment: Deployment, realm_name: str, wanted: Wanted, visitor: Visitor) -> Begun:
    """Raises `RealmNotFound` where the realm is unknown, disabled, or lacks the client."""
    active = await deployment.settings.active_realm(realm_name)
    client = await deployment.settings.client(active.realm.id, wanted.client_id)
    if client is None:
        raise RealmNotFound(f"{realm_name} has no client {wanted.client_id}")
    state, verifier = new_token(deployment.random), new_token(deployment.random)
    new_browser = None if visitor.browser else new_token(deployment.random)
    kept = _Kept(digest(visitor.browser or new_browser or "").hex(), verifier, active.realm.id, wanted)
    await deployment.storage.keep(
        PURPOSE, digest(state), msgspec.json.encode(kept).decode(), deployment.clock.now() + LIFE
    )
    challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    parameters = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": client.redirect_uris[0],
        "scope": "openid",
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "prompt": wanted.prompt,
        "acr_values": wanted.acr,
        "login_hint": wanted.login_hint,
    }
    query = urlencode({name: value for name, value in parameters.items() if value})
    endpoint = issuer(deployment.public_url, realm_name) + "/protocol/openid-connect/auth"
    return Begun(f"{endpoint}?{query}", new_browser)


async def complete(
    deployment: Deployment, realm_name: str, client_id: str, answer: Parameters, visitor: Visitor
) -> Proof:
    """Raises `LoginExpired` for an answer that this browser did not ask for, `StrongerSignInNeeded` for one
    that proves too little, with the way to begin again."""
    active = await deployment.settings.active_realm(realm_name)
    state = answer.get("state") or ""
    text = await deployment.storage.take_kept(PURPOSE, digest(state), deployment.clock.now())
    kept = msgspec.json.decode(text, type=_Kept) if text is not None else None
    if kept is None or kept.realm_id != active.realm.id or kept.wanted.client_id != client_id:
        raise LoginExpired("unknown or used state")
    if not compare_digest(kept.browser, digest(visitor.browser or "").hex()):
        raise LoginExpired("the sign-in was begun by another browser")
    if answer.get("iss") not in (None, active.issuer):
        raise LoginExpired("an answer of another issuer")
    if "code" not in answer.values:
        raise LoginExpired(f"no code: {(answer.get('error') or '')[:100]}")
    signed_in = await _redeem(deployment, active, kept, answer.values["code"])
    try:
        _check(kept.wanted, signed_in)
    except StrongerSignInNeeded as error:
        error.again_url = (await begin(deployment, realm_name, kept.wanted, visitor)).url
        raise
    return Proof(kept.wanted, signed_in.user, signed_in.session)


async def _redeem(deployment: Deployment, active: ActiveRealm, kept: _Kept, text: str) -> SignedIn:
    client = await deployment.settings.client(active.realm.id, kept.wanted.client_id)
    code, now = read_code(text), deployment.clock.now()
    found = await deployment.storage.grant_in_use(code.grant_id) if code is not None else None
    if code is None or client is None or found is None or not is_code_of(found, code, active, client):
        raise LoginExpired("unknown code")
    try:
        check_redirect_uri(found.grant, at_home(client, deployment.public_url).redirect_uris[0])
        check_code_verifier(found.grant, kept.verifier)
        check_in_use(found, active, now)
    except ProtocolError as error:
        raise LoginExpired(error.detail) from None
    taken = found.grant.code_expires_at > now and await deployment.storage.take_code(
        found.grant.id, found.grant.code_digest, client.id, now, None, None
    )
    if not taken or found.session is None:
        raise LoginExpired("the code was used, or has expired")
    # The proof is that of the grant, even if the session was renewed meanwhile.
    grant = found.grant
    session = replace(found.session, authenticated_at=grant.authenticated_at, amr=grant.amr, acr=grant.acr)
    return SignedIn(session, found.user)


def _check(wanted: Wanted, signed_in: SignedIn) -> None:
    if wanted.user_id and signed_in.user.id != wanted.user_id:
        raise LoginExpired("another person signed in than the one who was asked to")
    if wanted.acr and signed_in.session.acr != wanted.acr:
        raise StrongerSignInNeeded(f"reached {signed_in.session.acr}, wanted {wanted.acr}")
