"""Client authentication with its look-ups: the one way by which a client proves itself."""

from datetime import UTC, datetime

from vestibule.crypto.jose import InvalidJwt
from vestibule.crypto.secrets import digest, is_client_secret
from vestibule.domain.client import Client
from vestibule.flows.audit.failures import record_failure
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.ports import ActiveRealm
from vestibule.oidc.client_authentication import ClientCredentials, is_method_of, verify_assertion
from vestibule.oidc.errors import InvalidClient


async def authenticate_client(
    deployment: Deployment, active: ActiveRealm, credentials: ClientCredentials, visitor: Visitor
) -> Client:
    """The client that the credentials prove. Raises `InvalidClient`, with an event and the reason.

    The work is the same for an unknown client and a wrong secret (CA-08).
    """
    client = await deployment.settings.client(active.realm.id, credentials.client_id)
    try:
        if credentials.method == "private_key_jwt":
            return await _by_assertion(deployment, active, client, credentials)
        return _by_secret(deployment, client, credentials)
    except InvalidClient as refusal:
        await _record_failure(deployment, active, client, credentials, refusal, visitor)
        raise


async def _record_failure(
    deployment: Deployment,
    active: ActiveRealm,
    client: Client | None,
    credentials: ClientCredentials,
    refusal: InvalidClient,
    visitor: Visitor,
) -> None:
    """Names a client only where there is one: what was sent in its place may be a secret."""
    event = visitor.event(
        deployment, "CLIENT_LOGIN_ERROR", deployment.clock.now(), realm_id=active.realm.id,
        client_id=client.client_id if client is not None else None, error=refusal.code,
        method=credentials.method, reason=refusal.detail,
    )  # fmt: skip
    await record_failure(deployment, event)


def _by_secret(deployment: Deployment, client: Client | None, credentials: ClientCredentials) -> Client:
    now = deployment.clock.now()
    fits = credentials.method == "none" or is_client_secret(credentials.proof, client, deployment.vault, now)
    if client is None or not fits or not client.enabled or not is_method_of(client, credentials.method):
        raise InvalidClient(_told(client, credentials))
    return client


async def _by_assertion(
    deployment: Deployment, active: ActiveRealm, client: Client | None, credentials: ClientCredentials
) -> Client:
    if client is None or not client.enabled or not is_method_of(client, credentials.method):
        raise InvalidClient(_told(client, credentials))
    now = deployment.clock.now()
    try:
        jwks = await deployment.client_keys.of(client, credentials.proof, now)
    except InvalidJwt as error:
        raise InvalidClient(str(error)) from None
    assertion = verify_assertion(credentials, active.issuer, jwks, now)
    expires_at = datetime.fromtimestamp(assertion.expires_at + 120, UTC)
    if not await deployment.storage.take_once(
        "client_assertion", digest(f"{client.id} {assertion.jti}"), expires_at
    ):
        raise InvalidClient("the assertion's jti was used before")
    return client


def _told(client: Client | None, credentials: ClientCredentials) -> str:
    """A name that nobody has may be a secret in the wrong field, so that the log gets only its length."""
    if client is None:
        return f"no client has this client_id of {len(credentials.client_id)} characters"
    return f"client {client.client_id!r} by {credentials.method}"
