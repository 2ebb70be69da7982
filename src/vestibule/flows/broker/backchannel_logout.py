"""A provider says that somebody signed out there: our sessions behind it end (Back-Channel Logout 1.0)."""

from datetime import datetime, timedelta

from vestibule.crypto.secrets import digest
from vestibule.domain.connection import Connection
from vestibule.domain.errors import IdTokenInvalid, ProviderNotAvailable, UpstreamError
from vestibule.flows.audit.failures import record_failure
from vestibule.flows.broker.begin import enabled_connection
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.end_session import end_in_transaction
from vestibule.flows.ports import ActiveRealm, Store
from vestibule.flows.provider_keys import OF_STRANGERS
from vestibule.oidc.errors import InvalidRequest
from vestibule.oidc.relying_party.logout import MAX_AGE_SECONDS, LogoutToken, check_logout_token

PURPOSE = "broker-logout-token"


async def take_logout_token(
    deployment: Deployment, realm_name: str, alias: str, token: str, visitor: Visitor
) -> int:
    """Ends the sessions that the token is about, and answers how many there were; none is no failure.

    Our applications hear of each as of any other end. Raises `InvalidRequest` for whatever is not a new,
    genuine token of the connection's provider for us (section 2.8); then nothing has ended.
    """
    active = await deployment.settings.active_realm(realm_name)
    try:
        connection = enabled_connection(active, alias)
        logout = await _check(deployment, connection, token)
        ended = await deployment.storage.transaction(
            lambda store: _end(store, deployment, active, connection, logout, visitor)
        )
    except UpstreamError as error:
        raise await _refused(deployment, active, alias, error, visitor) from error
    deployment.wake()
    return ended


async def _check(deployment: Deployment, connection: Connection, token: str) -> LogoutToken:
    if not connection.endpoints.jwks:
        raise ProviderNotAvailable("a provider without keys signs nobody out")
    now = deployment.clock.now()
    jwks = await deployment.provider_keys.of(connection.endpoints.jwks, token, now, OF_STRANGERS)
    algorithms = frozenset(connection.id_token_algorithms)
    return check_logout_token(token, jwks, connection, connection.issuer, algorithms, now)


async def _end(
    store: Store,
    deployment: Deployment,
    active: ActiveRealm,
    connection: Connection,
    logout: LogoutToken,
    visitor: Visitor,
) -> int:
    """Section 2.6 number 8: each token once. A failure gives it back, so that the provider may try again."""
    now = deployment.clock.now()
    key = digest(f"{connection.id} {logout.issuer} {logout.jti}")
    if not await store.take_once(PURPOSE, key, _worthless_at(connection, now)):
        raise IdTokenInvalid("the logout token came before", expected="a new jti", came="a used one")
    sessions = await store.sessions_of_upstream(connection.id, logout.issuer, logout.subject, logout.sid)
    for signed_in in sessions:
        await end_in_transaction(store, deployment, active, signed_in, visitor, now, connection.alias)
    return len(sessions)


def _worthless_at(connection: Connection, now: datetime) -> datetime:
    """When a token that counts now is too old: its `iat` may lie in the future by what clocks may differ."""
    return now + timedelta(seconds=MAX_AGE_SECONDS + 2 * connection.skew_seconds)


async def _refused(
    deployment: Deployment, active: ActiveRealm, alias: str, error: UpstreamError, visitor: Visitor
) -> InvalidRequest:
    """Keeps why for administrators; the sender learns only that it was refused."""
    event = visitor.event(
        deployment, "BACKCHANNEL_LOGOUT_REFUSED", deployment.clock.now(), realm_id=active.realm.id,
        error=error.code, provider=alias[:100], reason=error.detail[:500],
    )  # fmt: skip
    await record_failure(deployment, event)
    return InvalidRequest(f"{error.code}: {error.detail}")
