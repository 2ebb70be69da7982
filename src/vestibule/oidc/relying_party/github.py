"""GitHub, which signs people in with OAuth alone: its API says who somebody is (D8)."""

from typing import Any

from vestibule.crypto.strict_json import read_json_array
from vestibule.domain.email import is_email
from vestibule.domain.errors import MissingUserInfo, UserinfoFailed
from vestibule.oidc.relying_party.messages import (
    MAX_BYTES,
    Incoming,
    Outgoing,
    check_status,
    described,
    read_json,
)

MEDIA_TYPE = "application/vnd.github+json"
VERIFIED_ADDRESS = "a primary, verified email address, which the scope user:email lets us read"
NOT_PERMITTED = (401, 403, 404)


def user_request(user_url: str, access_token: str) -> Outgoing:
    """The request for the person's profile, at the connection's userinfo endpoint."""
    return Outgoing("GET", user_url, _headers(access_token))


def emails_request(user_url: str, access_token: str) -> Outgoing:
    """The request for the person's addresses; the profile has only the one that they show to everybody."""
    return Outgoing("GET", f"{user_url}/emails", _headers(access_token))


def process_github(user: Incoming, emails: Incoming) -> dict[str, Any]:
    """The claims that an OpenID Provider would have sent. `sub` is the account's number: a login name can be
    given up and taken by somebody else (BR-16).

    Raises `UserinfoFailed`, and `MissingUserInfo` where no primary verified address can be read (S002-18).
    """
    check_status(user, UserinfoFailed)
    profile = read_json(user, UserinfoFailed)
    number, login, name = (profile.get(member) for member in ("id", "login", "name"))
    if not isinstance(number, int) or isinstance(number, bool) or number <= 0:
        raise UserinfoFailed(expected="id, a number", came=type(number).__name__)
    claims: dict[str, Any] = {"sub": str(number), "email": _primary_email(emails), "email_verified": True}
    if isinstance(login, str) and login:
        claims["preferred_username"] = login
    if isinstance(name, str) and name:
        claims["name"] = name
    return claims


def _primary_email(answer: Incoming) -> str:
    if answer.status in NOT_PERMITTED:
        raise MissingUserInfo(expected=VERIFIED_ADDRESS, came=described(answer))
    check_status(answer, UserinfoFailed)
    for entry in _read_array(answer):
        if isinstance(entry, dict) and entry.get("primary") is True and entry.get("verified") is True:
            email = entry.get("email")
            if isinstance(email, str) and is_email(email):
                return email
    raise MissingUserInfo(expected=VERIFIED_ADDRESS)


def _read_array(answer: Incoming) -> list[Any]:
    if len(answer.body) > MAX_BYTES:
        raise UserinfoFailed(expected=f"at most {MAX_BYTES} bytes", came=described(answer))
    try:
        return read_json_array(answer.body)
    except (ValueError, RecursionError) as error:
        raise UserinfoFailed(f"{error}", expected="a JSON list", came=described(answer)) from None


def _headers(access_token: str) -> dict[str, str]:
    """GitHub answers nobody who does not say what they are."""
    return {"Accept": MEDIA_TYPE, "Authorization": f"Bearer {access_token}", "User-Agent": "Vestibule"}
