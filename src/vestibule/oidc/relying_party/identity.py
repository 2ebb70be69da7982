"""Who somebody is at the provider, from the claims that came; and whether their address is vouched for.

Nothing that a claim points to is fetched: a `picture` stays a text (RP-17).
"""

from collections.abc import Mapping
from typing import Any

from vestibule.domain.connection import Connection, ExternalIdentity
from vestibule.domain.email import is_email
from vestibule.domain.errors import DomainNotAllowed, MissingUserInfo
from vestibule.oidc.relying_party.groups import has_overage
from vestibule.oidc.relying_party.issuer import is_entra, is_template
from vestibule.oidc.relying_party.messages import shown

PROTOCOL_CLAIMS = frozenset({
    "iss", "sub", "aud", "azp", "exp", "iat", "nbf", "jti", "nonce", "at_hash", "c_hash", "auth_time", "acr",
    "amr", "sid", "tid", "oid", "hd",
})  # fmt: skip
"""What only the signed token may say; userinfo is not signed."""
VERIFIED_CLAIMS = ("email_verified", "xms_edov")
EDOV_TRUE = (True, 1, "1", "true")
ANY_DOMAIN = "*"


def read_identity(
    connection: Connection, issuer: str, id_claims: Mapping[str, Any], userinfo: Mapping[str, Any]
) -> ExternalIdentity:
    """The person, as `issuer` vouches for them. For OAuth alone `id_claims` are empty.

    Raises `MissingUserInfo` without a subject, `DomainNotAllowed` where Google's Workspace is another one.
    """
    signed = id_claims or userinfo
    subject = signed.get("sub")
    if not isinstance(subject, str) or not subject:
        raise MissingUserInfo(expected="sub")
    _check_hosted_domain(connection, signed)
    email = _read_email(userinfo) or _read_email(id_claims)
    return ExternalIdentity(
        connection_id=connection.id,
        issuer=issuer,
        subject=subject,
        claims=_merged(id_claims, userinfo),
        email=email,
        email_verified=bool(email) and _is_vouched_for(connection, email, (id_claims, userinfo)),
        overage=has_overage(id_claims),
        session_id=_read_text(signed, "sid"),
        amr=_read_texts(signed, "amr"),
        acr=_read_text(signed, "acr"),
    )


def _merged(id_claims: Mapping[str, Any], userinfo: Mapping[str, Any]) -> dict[str, Any]:
    """Userinfo over the token's claims, but never over the protocol's own; what vouches for an address stays
    beside the address that it came with."""
    if not id_claims:
        return dict(userinfo)
    base = dict(id_claims)
    if "email" in userinfo and userinfo["email"] != id_claims.get("email"):
        for name in VERIFIED_CLAIMS:
            base.pop(name, None)
    return base | {name: value for name, value in userinfo.items() if name not in PROTOCOL_CLAIMS}


def _is_vouched_for(connection: Connection, email: str, sources: tuple[Mapping[str, Any], ...]) -> bool:
    """Whether a source that holds this very address says that it is verified, and none of them denies it."""
    holding = [source for source in sources if _read_email(source).lower() == email.lower()]
    denied = any(_is_denied(connection, source) for source in holding)
    return not denied and any(_is_verified(connection, source) for source in holding)


def _is_denied(connection: Connection, claims: Mapping[str, Any]) -> bool:
    """Entra's userinfo repeats the address without the claim of the ID token that denies it."""
    denies_domain = is_entra(connection) and claims.get("xms_edov", True) not in EDOV_TRUE
    return claims.get("email_verified") is False or denies_domain


def _is_verified(connection: Connection, claims: Mapping[str, Any]) -> bool:
    """JSON `true` and nothing that merely looks like it (RP-10).

    Entra sends no `email_verified`. Its optional claim `xms_edov` says that the address's domain is proved
    to be the tenant's; it comes as `true` and as `"1"`. Where everybody's tenants may come it must be there.
    Of the one tenant that a trusted connection names, the address counts unless the claim denies it: those
    who could write any address into it are the ones whom the connection trusts.
    """
    if is_entra(connection) and "email_verified" not in claims:
        is_own_tenant = connection.is_trusted and not is_template(connection.issuer)
        return claims.get("xms_edov", is_own_tenant) in EDOV_TRUE
    return claims.get("email_verified") is True


def _check_hosted_domain(connection: Connection, signed: Mapping[str, Any]) -> None:
    """The parameter `hd` is a hint that a person can change; only the signed claim counts."""
    wanted, came = connection.hosted_domain.lower(), signed.get("hd")
    if connection.kind != "google" or not wanted:
        return
    if not isinstance(came, str) or not came or wanted not in (ANY_DOMAIN, came.lower()):
        raise DomainNotAllowed(expected=f"hd {wanted}", came=shown(came or "nothing", 100))


def _read_email(claims: Mapping[str, Any]) -> str:
    email = claims.get("email")
    return email if isinstance(email, str) and is_email(email) else ""


def _read_text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) and len(value) <= 255 else ""


def _read_texts(claims: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = claims.get(name)
    return tuple(each for each in value[:20] if isinstance(each, str)) if isinstance(value, list) else ()
