"""The token request and its answer (RFC 6749 sections 4.1.3 and 5, OpenID Connect Core 1.0 section 3.1.3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from vestibule.domain.connection import Connection
from vestibule.domain.errors import TokenExchangeFailed
from vestibule.oidc.relying_party.credentials import Credentials, authenticated
from vestibule.oidc.relying_party.messages import (
    Incoming,
    Outgoing,
    check_status,
    described,
    read_json,
    shown,
)
from vestibule.oidc.relying_party.provider_errors import named_error

MAX_TOKEN_CHARACTERS = 64 * 1024
MAX_FORM_BYTES = 16 * 1024
TOKEN_TYPES = ("bearer", "dpop")


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the code was worth. `token_type` is in lower case; `id_token` is blank for OAuth alone."""

    access_token: str = field(repr=False)
    id_token: str = field(default="", repr=False)
    token_type: str = "bearer"


def token_request(
    connection: Connection,
    code: str,
    redirect_uri: str,
    code_verifier: str,
    credentials: Credentials,
) -> Outgoing:
    """The request that redeems `code`."""
    fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    if connection.pkce:
        fields["code_verifier"] = code_verifier
    fields, headers = authenticated(connection, credentials, fields, {"Accept": "application/json"})
    return Outgoing("POST", connection.endpoints.token, headers, fields)


def process_token_answer(connection: Connection, answer: Incoming, redirect_uri: str = "") -> Tokens:
    """The tokens. `redirect_uri` is the one that was sent, for the error that names it.

    Raises `UpstreamInvalidClient`, `InvalidDpopProof`, `RedirectUriRefused`, else `TokenExchangeFailed` with
    what is wrong: a redirect, a page of HTML, something huge, a token missing or of an odd type (RP-12).
    """
    if 300 <= answer.status < 400:
        check_status(answer, TokenExchangeFailed)
    members = _read_members(connection, answer)
    if "error" in members:  # GitHub answers with status 200 then
        raise named_error(members, redirect_uri, TokenExchangeFailed)
    check_status(answer, TokenExchangeFailed)
    return Tokens(
        access_token=_read_token(members, "access_token"),
        id_token="" if connection.is_oauth_only else _read_token(members, "id_token"),
        token_type=_read_type(members),
    )


def _read_members(connection: Connection, answer: Incoming) -> Mapping[str, Any]:
    """JSON; of GitHub also the form that it sends where nobody asked for JSON."""
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if connection.is_oauth_only and kind == "application/x-www-form-urlencoded":
        if len(answer.body) <= MAX_FORM_BYTES and answer.body.isascii():
            return dict(parse_qsl(answer.body.decode(), keep_blank_values=True))
        raise TokenExchangeFailed(expected="a small form", came=described(answer))
    return read_json(answer, TokenExchangeFailed)


def _read_token(members: Mapping[str, Any], name: str) -> str:
    """A token is visible ASCII: it goes into a header (RFC 6750 section 2.1)."""
    value = members.get(name)
    if not isinstance(value, str) or not value:
        raise TokenExchangeFailed(
            expected=name, came="nothing" if value in (None, "") else type(value).__name__
        )
    if len(value) > MAX_TOKEN_CHARACTERS or not value.isascii() or not value.isprintable() or " " in value:
        raise TokenExchangeFailed(expected=f"{name} of visible characters", came=f"{len(value)} characters")
    return value


def _read_type(members: Mapping[str, Any]) -> str:
    """Compared without regard to case (RFC 6749 section 5.1). A provider that knows no DPoP may answer our
    proof with a bearer token (RFC 9449 section 5)."""
    came = members.get("token_type")
    if not isinstance(came, str) or came.lower() not in TOKEN_TYPES:
        expected = f"token_type {' or '.join(TOKEN_TYPES)}"
        raise TokenExchangeFailed(expected=expected, came=shown(came or "nothing", 40))
    return came.lower()
