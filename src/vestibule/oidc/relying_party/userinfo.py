"""Userinfo: what the provider says of a person beside the ID token (OpenID Connect Core 1.0 section 5.3)."""

from typing import Any

from vestibule.domain.errors import SubjectMismatch, UserinfoFailed
from vestibule.oidc.relying_party.messages import Incoming, Outgoing, check_status, described, read_json


def userinfo_request(url: str, access_token: str) -> Outgoing:
    """The request with the token in its header (RFC 6750 section 2.1)."""
    return Outgoing("GET", url, {"Accept": "application/json", "Authorization": f"Bearer {access_token}"})


def process_userinfo(answer: Incoming, subject: str) -> dict[str, Any]:
    """The claims, if they are of `subject`: the ID token's, letter for letter (section 5.3.2, RP-11).

    Raises `UserinfoFailed`, and `SubjectMismatch` also where `sub` is missing. A signed answer is refused by
    name: it says nothing that the ID token could not say, and comes only where somebody registered it.
    """
    check_status(answer, UserinfoFailed)
    if _is_jwt(answer):
        raise UserinfoFailed(
            "a signed or encrypted answer; have it send plain JSON", expected="JSON", came=described(answer)
        )
    claims = read_json(answer, UserinfoFailed)
    came = claims.get("sub")
    if came != subject:
        told = "nothing" if came is None else "another sub"
        raise SubjectMismatch("sub of userinfo", expected="the sub of the ID token", came=told)
    return claims


def _is_jwt(answer: Incoming) -> bool:
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind in ("application/jwt", "application/jose") or answer.body.lstrip()[:3] == b"eyJ"
