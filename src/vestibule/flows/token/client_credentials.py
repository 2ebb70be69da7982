"""The client credentials grant (RFC 6749 section 4.4): the client acts for itself."""

from collections.abc import Mapping

from vestibule.domain.client import STANDARD_SCOPES, Client
from vestibule.flows.audit.failures import record_first
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.ports import ActiveRealm
from vestibule.flows.token.issue import access_lifetime, mint_access_token
from vestibule.oidc.errors import InvalidTarget
from vestibule.oidc.syntax import read_scope


async def client_credentials(
    deployment: Deployment, active: ActiveRealm, client: Client, form: Mapping[str, str], visitor: Visitor
) -> dict[str, object]:
    """An access token whose subject is the client. No person, so no ID token and no refresh token.

    A client that comes every few seconds is one event in a quarter of an hour.
    """
    asked = read_scope(form.get("scope", ""))
    scope = tuple(value for value in asked if value in client.scopes and value not in STANDARD_SCOPES)
    resource = form.get("resource")
    if resource is not None and resource not in client.resources:
        raise InvalidTarget(f"{resource[:200]!r} is not registered for this client")
    now = deployment.clock.now()
    access_token = mint_access_token(
        deployment,
        active,
        client,
        subject=client.id,
        scope=scope,
        resources=(resource,) if resource is not None else (),
        now=now,
    )
    event = visitor.event(
        deployment, "CLIENT_LOGIN", now, realm_id=active.realm.id, client_id=client.client_id,
        scope=" ".join(scope),
    )  # fmt: skip
    await record_first(deployment, event, client.id)
    answer: dict[str, object] = {
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": access_lifetime(active, client),
    }
    if scope:
        answer["scope"] = " ".join(scope)
    return answer
