"""The token endpoint: the phases that every grant type shares (RFC 6749 section 3.2).

A grant type is one function that adds only its difference: who the client is, and that it may use
the grant, is decided before it is called.
"""

from collections.abc import Awaitable, Callable, Mapping

from vestibule.domain.client import Client
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.ports import ActiveRealm
from vestibule.flows.token.authorization_code import authorization_code
from vestibule.flows.token.client import authenticate_client
from vestibule.flows.token.client_credentials import client_credentials
from vestibule.flows.token.password_grant import is_offered, password_grant
from vestibule.flows.token.refresh_token import refresh_token
from vestibule.oidc.client_authentication import read_client_credentials
from vestibule.oidc.errors import InvalidRequest, UnauthorizedClient, UnsupportedGrantType

GrantType = Callable[
    [Deployment, ActiveRealm, Client, Mapping[str, str], Visitor], Awaitable[dict[str, object]]
]

GRANT_TYPES: dict[str, GrantType] = {
    "authorization_code": authorization_code,
    "refresh_token": refresh_token,
    "client_credentials": client_credentials,
}
ALLOWED: dict[str, Callable[[Client], bool]] = {
    "authorization_code": lambda client: client.standard_flow,
    "refresh_token": lambda client: client.refresh_tokens,
    "client_credentials": lambda client: client.client_credentials and not client.public,
}


async def token(
    deployment: Deployment,
    realm_name: str,
    authorization: str | None,
    form: Mapping[str, str],
    visitor: Visitor,
) -> dict[str, object]:
    """Answers a token request: realm, client authentication, grant type, may the client use it, the grant."""
    active = await deployment.settings.active_realm(realm_name)
    credentials = read_client_credentials(authorization, form)
    client = await authenticate_client(deployment, active, credentials, visitor)
    name = form.get("grant_type")
    if name is None:
        raise InvalidRequest("grant_type is missing")
    return await _grant_type(deployment, active, client, name)(deployment, active, client, form, visitor)


def _grant_type(deployment: Deployment, active: ActiveRealm, client: Client, name: str) -> GrantType:
    """The grant type, if it is offered here and the client may use it."""
    if name == "password" and is_offered(deployment, active, client):
        return password_grant
    if name not in GRANT_TYPES:
        raise UnsupportedGrantType(f"got {name[:100]!r}")
    if not ALLOWED[name](client):
        raise UnauthorizedClient(f"{client.client_id} may not use {name}")
    return GRANT_TYPES[name]
