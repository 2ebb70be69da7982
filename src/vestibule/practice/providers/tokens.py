"""What the token endpoint gives for a grant (Core 1.0 section 3.1.3.3)."""

import hashlib
from typing import Any

from vestibule.crypto import base64url
from vestibule.practice.providers.deviations import DEVIATIONS, with_other_slash
from vestibule.practice.providers.grant import Grant
from vestibule.practice.providers.provider import ACCESS_SECONDS, Provider
from vestibule.practice.providers.vendors.keycloak import extra_members


def token_response(provider: Provider, grant: Grant) -> dict[str, Any]:
    """The members of the token response."""
    faults, access_token = provider.faults, provider.issue_access_token(grant)
    members: dict[str, Any] = {
        "access_token": access_token,
        "token_type": _token_type(provider, grant),
        "expires_in": str(ACCESS_SECONDS) if "expires_in_string" in faults else ACCESS_SECONDS,
        **provider.vendor.token_members(grant, faults),
    }
    if "kc_extra" in faults:
        members |= extra_members(grant.session.id)
    has_id_token = "openid" in grant.scopes and not provider.vendor.is_oauth_only
    if has_id_token and "id_token_missing" not in faults:
        members["id_token"] = id_token(provider, grant, access_token)
    return {name: value for name, value in members.items() if value is not None}


def id_token(provider: Provider, grant: Grant, access_token: str) -> str:
    """The ID token (Core 1.0 section 2), with whatever is wrong with it at this moment."""
    claims = {**protocol_claims(provider, grant), **provider.vendor.id_token_claims(grant, provider.faults)}
    if provider.vendor.has_at_hash:
        digest = hashlib.sha256(access_token.encode()).digest()
        claims["at_hash"] = base64url.encode(digest[:16]).decode()
    now = int(provider.now().timestamp())
    for fault in provider.faults:
        if fault in DEVIATIONS:
            claims = DEVIATIONS[fault](claims, now)
    return provider.sign(claims, secret=grant.registration.secret)


def protocol_claims(provider: Provider, grant: Grant) -> dict[str, Any]:
    """The claims that are not about who the person is."""
    vendor, now = provider.vendor, int(provider.now().timestamp())
    issuer = vendor.issuer_of(grant, provider.faults)
    claims: dict[str, Any] = {
        "iss": with_other_slash(issuer) if "disc_issuer_slash" in provider.faults else issuer,
        "sub": vendor.subject(grant.person, grant.registration.client_id),
        "aud": grant.registration.client_id,
        "iat": now,
        "nbf": now,
        "exp": now + vendor.id_token_seconds,
        "auth_time": int(grant.session.auth_time.timestamp()),
    }
    if "nonce" in grant.parameters:
        claims["nonce"] = grant.parameters["nonce"]
    if vendor.has_sid:
        claims["sid"] = grant.session.id
    if "acr_values" in grant.parameters:
        claims["acr"] = grant.parameters["acr_values"].split()[0]
    return {name: value for name, value in claims.items() if name not in vendor.left_out(grant)}


def _token_type(provider: Provider, grant: Grant) -> str:
    if "token_type_weird" in provider.faults:
        return "mac"
    if grant.thumbprint:
        return "DPoP"
    return "bearer" if "token_type_lower" in provider.faults else "Bearer"
