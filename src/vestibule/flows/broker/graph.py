"""Groups that were too many for Entra's token, from Microsoft Graph (D12)."""

from dataclasses import replace

from vestibule.catalogue.providers import provider
from vestibule.domain.connection import Connection, ExternalIdentity
from vestibule.domain.errors import VestibuleError
from vestibule.flows.deployment import Deployment
from vestibule.oidc.relying_party.groups import LIMIT_BYTES, groups_request, process_groups
from vestibule.oidc.relying_party.issuer import is_entra
from vestibule.oidc.relying_party.messages import Incoming
from vestibule.oidc.relying_party.token import Tokens

LIMIT_SECONDS = 3.0
"""Groups are worth waiting for, but not a sign-in."""


async def with_groups(
    deployment: Deployment, connection: Connection, identity: ExternalIdentity, tokens: Tokens
) -> ExternalIdentity:
    """The groups that were too many for the token, from Microsoft Graph, as the same claim (D12).

    Where they cannot be had, the identity says that nothing may be concluded from their absence. Only a token
    of Entra goes to Graph.
    """
    practice = deployment.practice.get("entra", "")
    is_practice = bool(practice) and connection.issuer.startswith(practice)
    if not (is_practice or is_entra(connection)):
        return replace(identity, overage=True)
    api = practice if is_practice else provider("entra").preset.api
    url, body = groups_request(api)
    headers = {"Authorization": f"Bearer {tokens.access_token}", "Accept": "application/json"}
    try:
        answer = await deployment.fetch.post(
            url,
            body,
            "application/json",
            headers=headers,
            limit_bytes=LIMIT_BYTES,
            limit_seconds=LIMIT_SECONDS,
        )
        groups = process_groups(Incoming(answer.status, answer.headers, answer.body))
    except VestibuleError:
        return replace(identity, overage=True)
    return replace(identity, claims={**identity.claims, "groups": list(groups)}, overage=False)
