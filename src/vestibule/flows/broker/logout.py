"""Signing out at the provider too, and back from there (RP-Initiated Logout 1.0 sections 2 and 3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from vestibule.crypto.secrets import digest, new_token
from vestibule.domain.errors import UndecryptableSecret
from vestibule.flows.answers import ToUpstream
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.ports import ActiveRealm, SignedIn, UpstreamSession
from vestibule.flows.upstream_secrets import open_upstream_id_token
from vestibule.oidc.relying_party.logout import end_session_url

PURPOSE = "broker-logout"
LIFE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Afterwards:
    """Where the browser goes once the provider has sent it back: `url` is a path of ours, or an address that
    the application of `client_id` registered; blank: to the page that says that it is over."""

    url: str = ""
    client_id: str = ""


class _Kept(msgspec.Struct, frozen=True):
    """`browser` is the hex digest of the browser's cookie."""

    realm_id: str
    alias: str
    browser: str
    url: str
    client_id: str


async def upstream_logout(
    deployment: Deployment, active: ActiveRealm, signed_in: SignedIn, afterwards: Afterwards, visitor: Visitor
) -> ToUpstream | None:
    """The way to the provider that the session came from; to be asked for before the session ends.

    None where there is nothing to end: another way of signing in, a connection that is switched off or leaves
    the provider's session alone, a provider without an address for it.
    """
    upstream = await deployment.storage.upstream_session(signed_in.session.id)
    if upstream is None:
        return None
    connection = await deployment.storage.connection(upstream.connection_id)
    if connection is None or not connection.enabled or not connection.sign_out_upstream:
        return None
    new_browser = None if visitor.browser else new_token(deployment.random)
    state = new_token(deployment.random)
    url = end_session_url(
        connection,
        _hint(deployment, upstream),
        connection.callback_url(deployment.public_url, active.realm.name),
        state,
    )
    if not url:
        return None
    kept = _Kept(
        active.realm.id, connection.alias, digest(visitor.browser or new_browser or "").hex(),
        afterwards.url, afterwards.client_id,
    )  # fmt: skip
    document = msgspec.json.encode(kept).decode()
    await deployment.storage.keep(PURPOSE, digest(state), document, deployment.clock.now() + LIFE)
    return ToUpstream(url=url, provider=connection.title, browser=new_browser)


async def is_signed_out(deployment: Deployment, parameters: Mapping[str, str]) -> bool:
    """Whether a callback brings nobody but a browser that signed out at the provider: the one address that
    is registered there serves both."""
    state = parameters.get("state")
    if not state or not parameters.keys().isdisjoint({"code", "error"}):
        return False
    return await deployment.storage.kept(PURPOSE, digest(state), deployment.clock.now()) is not None


async def take_afterwards(
    deployment: Deployment, active: ActiveRealm, alias: str, state: str, visitor: Visitor
) -> Afterwards:
    """Where the browser wanted to go when it left for the provider: once, and that browser alone.

    Whoever comes with anything else is told that it is over and is sent nowhere: the way on is never taken
    from the address.
    """
    document = await deployment.storage.take_kept(PURPOSE, digest(state), deployment.clock.now())
    if document is None or not visitor.browser:
        return Afterwards()
    kept = msgspec.json.decode(document, type=_Kept)
    expected = (kept.realm_id, kept.alias, kept.browser)
    if expected != (active.realm.id, alias, digest(visitor.browser).hex()):
        return Afterwards()
    return Afterwards(kept.url, kept.client_id)


def _hint(deployment: Deployment, upstream: UpstreamSession) -> str:
    """The provider's ID token; blank where none can be had, and then the provider asks the person."""
    try:
        return open_upstream_id_token(upstream.id_token, deployment.vault, upstream.session_id)
    except UndecryptableSecret:
        return ""
