"""What a client would get about a person, and whether they would be let in. Nothing is issued."""

from dataclasses import dataclass
from typing import Any

from vestibule.crypto.keys import Keyring
from vestibule.domain.client import Client
from vestibule.domain.errors import NotHere, VestibuleError
from vestibule.domain.realm import issuer
from vestibule.domain.user import User
from vestibule.flows.administer.administration import Administration
from vestibule.flows.finish import check_admitted
from vestibule.flows.ports import ActiveRealm
from vestibule.flows.token.preview import preview
from vestibule.oidc.errors import AccessDenied
from vestibule.oidc.scopes import given_scope
from vestibule.oidc.syntax import read_scope


@dataclass(frozen=True, slots=True)
class TokenPreview:
    """The claims by token; `id_token` and `userinfo` are empty without the scope `openid`.

    `refusal` is why the person would not be let in, None where they would.
    """

    user: User
    scope: tuple[str, ...]
    id_token: dict[str, Any]
    access_token: dict[str, Any]
    userinfo: dict[str, Any]
    refusal: VestibuleError | None


async def evaluate(at: Administration, client: Client, username: str, scope: str) -> TokenPreview:
    """The tokens of a sign-in by password at this moment. Raises `NotHere` for an unknown person,
    `ProtocolError` for an unreadable scope."""
    asked = read_scope(scope)
    user = await at.deployment.storage.user_by_login(at.realm.id, username)
    if user is None or user.service_of is not None:
        raise NotHere(f"nobody is called {username[:100]!r}")
    claims = await preview(at.deployment, await _active(at), client, user, asked)
    return TokenPreview(
        user, given_scope(client, asked), claims["id_token"], claims["access_token"], claims["userinfo"],
        await _refusal(at, client, user),
    )  # fmt: skip


async def _active(at: Administration) -> ActiveRealm:
    """The realm as it is stored now, switched off or not; nothing is signed, so that it needs no keys."""
    scopes = await at.deployment.storage.client_scopes(at.realm.id)
    return ActiveRealm(
        at.realm,
        issuer(at.deployment.public_url, at.realm.name),
        Keyring((), at.deployment.vault),
        {scope.name: scope for scope in scopes},
    )


async def _refusal(at: Administration, client: Client, user: User) -> VestibuleError | None:
    """What the sign-in would end with, of the rules that hold at this application (S000-06, S000-18)."""
    if not client.enabled:
        return AccessDenied("the client is disabled")
    try:
        await check_admitted(at.deployment, client, user)
    except VestibuleError as refusal:
        return refusal
    return None
