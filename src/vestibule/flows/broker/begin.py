"""The way to a provider: the authorization request, bound to this browser (RFC 6749 section 4.1.1)."""

from dataclasses import dataclass, replace

from vestibule.crypto.secrets import digest, new_token
from vestibule.domain.connection import Connection
from vestibule.domain.errors import ProviderNotAvailable, UpstreamError
from vestibule.flows.answers import ToUpstream
from vestibule.flows.broker.began import Began, Purpose, keep_began
from vestibule.flows.broker.exchange import Provider, within_limit
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.ports import ActiveRealm
from vestibule.oidc.relying_party.authorization import (
    authorization_parameters,
    authorization_url,
    new_request_values,
    par_request,
    process_par,
)
from vestibule.oidc.relying_party.credentials import Credentials


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the provider is asked beside who it is: `is_fresh` for a new sign-in there."""

    login_hint: str = ""
    is_fresh: bool = False
    ui_locales: str = ""


@dataclass(frozen=True, slots=True)
class Intent:
    """What the sign-in is for: the attempt by the digest of its identifier, or an `actor` with a session."""

    purpose: Purpose
    login: bytes = b""
    actor: str = ""
    session_id: str = ""
    draft: str = ""
    trial: str = ""


def enabled_connection(active: ActiveRealm, alias: str) -> Connection:
    """The realm's connection of exactly this alias, switched on (RP-06). Raises `ProviderNotAvailable`."""
    connection = active.connections.get(alias)
    if connection is None or not connection.enabled:
        raise ProviderNotAvailable(f"{alias[:100]!r} is {'unknown' if connection is None else 'disabled'}")
    return connection


async def begin(
    deployment: Deployment,
    active: ActiveRealm,
    connection: Connection,
    intent: Intent,
    wishes: Wishes,
    visitor: Visitor,
) -> ToUpstream:
    """Keeps what the answer must fit and says where to send the browser.

    Raises the errors of a pushed authorization request (RFC 9126), where the provider takes one.
    """
    values = new_request_values(deployment.random)
    new_browser = None if visitor.browser else new_token(deployment.random)
    redirect_uri = connection.callback_url(deployment.public_url, active.realm.name)
    parameters = authorization_parameters(
        connection,
        redirect_uri,
        values,
        login_hint=wishes.login_hint,
        prompt="login" if wishes.is_fresh and not connection.is_oauth_only else "",
        ui_locales=wishes.ui_locales,
    )
    try:
        url = await _url(deployment, active, connection, parameters)
    except UpstreamError as error:
        error.provider = connection.title
        raise
    began = Began(
        purpose=intent.purpose,
        realm_id=active.realm.id,
        connection_id=connection.id,
        alias=connection.alias,
        browser=digest(visitor.browser or new_browser or "").hex(),
        redirect_uri=redirect_uri,
        nonce=values.nonce,
        verifier=values.code_verifier,
        at=deployment.clock.now(),
        fresh=wishes.is_fresh,
        login=intent.login.hex(),
        actor=intent.actor,
        session_id=intent.session_id,
        draft=intent.draft,
        trial=intent.trial,
    )
    await keep_began(deployment.storage, values.state, began)
    return ToUpstream(url=url, provider=connection.title, browser=new_browser)


async def _url(
    deployment: Deployment, active: ActiveRealm, connection: Connection, parameters: dict[str, str]
) -> str:
    endpoint = connection.endpoints.authorization
    if not connection.use_par:
        return authorization_url(endpoint, parameters)
    # A proof here would bind the code to its key (RFC 9449 section 10.1), which is not kept until the answer.
    provider = Provider(deployment, active, replace(connection, use_dpop=False))

    async def push(credentials: Credentials) -> str:
        answer = await provider.send(par_request(connection, parameters, credentials))
        return process_par(answer, parameters["redirect_uri"])

    request_uri, _ = await within_limit(deployment, connection, lambda: provider.with_secrets(push))
    return authorization_url(endpoint, {"client_id": connection.client_id, "request_uri": request_uri})
