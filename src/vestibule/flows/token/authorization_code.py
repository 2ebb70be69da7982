"""Redeeming an authorization code (RFC 6749 section 4.1.3, RFC 7636 section 4.6)."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hmac import compare_digest

from vestibule.crypto.secrets import digest
from vestibule.domain.client import Client
from vestibule.domain.grant import Grant
from vestibule.flows.deployment import Deployment, Visitor
from vestibule.flows.ports import ActiveRealm, GrantInUse
from vestibule.flows.token.in_use import check_in_use, revoke_after, revoke_for_reuse
from vestibule.flows.token.issue import narrowed_resources, token_answer
from vestibule.flows.token.values import Code, new_refresh_token, read_code
from vestibule.oidc.errors import InvalidGrant, InvalidRequest, ProtocolError
from vestibule.oidc.syntax import is_code_verifier


async def authorization_code(
    deployment: Deployment, active: ActiveRealm, client: Client, form: Mapping[str, str], visitor: Visitor
) -> dict[str, object]:
    """Takes the code once and answers with the tokens; a second use revokes what the first got."""
    if "code" not in form:
        raise InvalidRequest("code is missing")
    code = read_code(form["code"])
    now = deployment.clock.now()
    found = await deployment.storage.grant_in_use(code.grant_id) if code is not None else None
    if code is None or found is None or not is_code_of(found, code, active, client):
        raise InvalidGrant("unknown code, or another client's")
    grant = found.grant
    if grant.code_used_at is not None:
        await revoke_for_reuse(deployment, grant, "CODE_REUSED", client, visitor)
        raise InvalidGrant("the code was used before")
    if grant.code_expires_at <= now:
        raise InvalidGrant("the code has expired")
    refresh = new_refresh_token(grant.id, deployment.random) if client.refresh_tokens else None
    family_digest = digest(refresh.family) if refresh is not None else None
    refresh_digest = digest(refresh.secret) if refresh is not None else None
    if not await deployment.storage.take_code(
        grant.id, grant.code_digest, client.id, now, family_digest, refresh_digest
    ):
        await revoke_for_reuse(deployment, grant, "CODE_REUSED", client, visitor)
        raise InvalidGrant("the code was used at the same time")
    try:
        check_redirect_uri(grant, form.get("redirect_uri"))
        check_code_verifier(grant, form.get("code_verifier"))
        check_in_use(found, active, now)
        resources = narrowed_resources(grant, client, form.get("resource"))
    except ProtocolError as refusal:
        await revoke_after(deployment, grant, refusal, client, visitor)
        raise
    text = refresh.text if refresh is not None else None
    return await token_answer(
        deployment, active, client, found,
        scope=grant.scope, resources=resources, refresh_token=text, now=now,
    )  # fmt: skip


def is_code_of(found: GrantInUse, code: Code, active: ActiveRealm, client: Client) -> bool:
    """Whether the code's secret, its realm and its client are all right: every one, not any (TK-03)."""
    grant = found.grant
    return (
        grant.realm_id == active.realm.id
        and grant.client_id == client.id
        and compare_digest(grant.code_digest, digest(code.secret))
    )


def check_redirect_uri(grant: Grant, redirect_uri: str | None) -> None:
    """Equal to that of the authorization request (RFC 6749 section 4.1.3)."""
    if redirect_uri != grant.redirect_uri:
        raise InvalidGrant(
            f"redirect_uri: expected {grant.redirect_uri!r}, got {(redirect_uri or '')[:200]!r}"
        )


def check_code_verifier(grant: Grant, code_verifier: str | None) -> None:
    """The verifier of the challenge, and none where there was no challenge (RFC 9700 section 4.8)."""
    if grant.code_challenge is None:
        if code_verifier is not None:
            raise InvalidGrant("code_verifier without a code_challenge in the authorization request")
        return
    if code_verifier is None:
        raise InvalidGrant("code_verifier is missing")
    if not is_code_verifier(code_verifier):
        raise InvalidRequest("code_verifier must be 43 to 128 unreserved characters")
    challenge = urlsafe_b64encode(hashlib.sha256(code_verifier.encode()).digest()).rstrip(b"=")
    if not compare_digest(challenge, grant.code_challenge.encode()):
        raise InvalidGrant("code_verifier does not fit the code_challenge")
