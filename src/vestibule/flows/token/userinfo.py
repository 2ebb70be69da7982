"""The userinfo endpoint (OpenID Connect Core 1.0 section 5.3)."""

from vestibule.flows.deployment import Deployment
from vestibule.flows.token.access import read_live
from vestibule.flows.token.told import Told, told_by_mappers
from vestibule.oidc.claims import read_granted_claims
from vestibule.oidc.errors import InsufficientScope
from vestibule.oidc.scopes import still_given


async def userinfo(deployment: Deployment, realm_name: str, access_token: str) -> dict[str, object]:
    """The claims about the person that the token's scope and the `claims` request ask for.

    Raises `InvalidToken`, or `InsufficientScope` for a token without `openid`.
    """
    active = await deployment.settings.active_realm(realm_name)
    live = await read_live(deployment, active, access_token)
    if live.found is None or "openid" not in live.token.scope:
        raise InsufficientScope
    grant, scope = live.found.grant, still_given(live.client, live.token.scope)
    asked = read_granted_claims(grant.claims, live.client.every_scope).userinfo
    told = await told_by_mappers(deployment.storage, active, live.client, live.found.user, scope)
    return claims_of_userinfo(told, asked)


def claims_of_userinfo(told: Told, asked: frozenset[str]) -> dict[str, object]:
    """The subject, the claims of the scope and those asked for by name, and those of mappers."""
    return {"sub": told.user.id, **told.person("userinfo.token.claim", asked)}
