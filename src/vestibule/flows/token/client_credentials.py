"""The client credentials grant (RFC 6749 section 4.4): the client acts for itself."""

from collections.abc import Mapping

from vestibule.domain.client import STANDARD_SCOPES, Client
from vestibule.domain.user import User
from vestibule.flows.audit.failures import is_first
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.ports import ActiveRealm
from vestibule.flows.token.issue import access_lifetime, mint_access_token
from vestibule.flows.token.told import Told, told_by_mappers
from vestibule.oidc.errors import InvalidTarget
from vestibule.oidc.mappers import mappers_of
from vestibule.oidc.scopes import given_scope
from vestibule.oidc.syntax import read_scope


async def client_credentials(
    deployment: Deployment, active: ActiveRealm, client: Client, form: Mapping[str, str], visitor: Visitor
) -> dict[str, object]:
    """An access token whose subject is the client. No person, so no ID token and no refresh token.

    A client that comes every few seconds is one event in a quarter of an hour.
    """
    asked = read_scope(form.get("scope", ""))
    scope = tuple(value for value in given_scope(client, asked) if value not in STANDARD_SCOPES)
    resource = form.get("resource")
    if resource is not None and resource not in client.resources:
        raise InvalidTarget(f"{resource[:200]!r} is not registered for this client")
    now = deployment.clock.now()
    told = await _told(deployment, active, client, scope)
    access_token = mint_access_token(
        deployment,
        told,
        subject=client.id,
        resources=(resource,) if resource is not None else (),
        now=now,
    )
    if is_first(deployment, client.id, visitor, now):
        event = visitor.event(
            deployment, "CLIENT_LOGIN", now, realm_id=active.realm.id, client_id=client.client_id,
            scope=" ".join(scope),
        )  # fmt: skip
        await deployment.storage.add_event(event)
    answer: dict[str, object] = {
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": access_lifetime(active, client),
    }
    if scope:
        answer["scope"] = " ".join(scope)
    return answer


async def _told(deployment: Deployment, active: ActiveRealm, client: Client, scope: tuple[str, ...]) -> Told:
    """What mappers tell about the service account; one without a row has no roles and no attributes."""
    nobody = User(client.id, active.realm.id, f"service-account-{client.client_id}")
    if not mappers_of(client, active.scopes, scope):
        return Told(active, client, nobody, scope)
    account = await deployment.storage.service_account(client.id)
    return await told_by_mappers(deployment.storage, active, client, account or nobody, scope)
