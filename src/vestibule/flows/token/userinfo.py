"""The userinfo endpoint (OpenID Connect Core 1.0 section 5.3)."""

from vestibule.flows.deployment import Deployment
from vestibule.flows.token.access import read_live
from vestibule.oidc.claims import read_claims_request, user_claims
from vestibule.oidc.errors import InsufficientScope


async def userinfo(deployment: Deployment, realm_name: str, access_token: str) -> dict[str, object]:
    """The claims about the person that the token's scope and the `claims` request ask for.

    Raises `InvalidToken`, or `InsufficientScope` for a token without `openid`.
    """
    active = await deployment.settings.active_realm(realm_name)
    live = await read_live(deployment, active, access_token)
    if live.found is None or "openid" not in live.token.scope:
        raise InsufficientScope
    grant = live.found.grant
    asked = read_claims_request(grant.claims).userinfo if grant.claims else frozenset()
    claims: dict[str, object] = {"sub": live.found.user.id}
    return claims | user_claims(live.found.user, live.token.scope, asked)
