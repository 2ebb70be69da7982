"""The provider's own errors under our names (RFC 6749 sections 4.1.2.1 and 5.2, and the vendors' ways)."""

import re
from collections.abc import Mapping
from typing import Any

from vestibule.domain.errors import (
    InvalidDpopProof,
    RedirectUriRefused,
    UpstreamError,
    UpstreamInvalidClient,
)
from vestibule.oidc.relying_party.messages import shown

CLIENT_ERRORS = frozenset({"invalid_client", "unauthorized_client", "incorrect_client_credentials"})
DPOP_ERRORS = frozenset({"invalid_dpop_proof", "use_dpop_nonce"})
ADDRESS = re.compile(r"https?://[!#-&(-;=?-~]{1,300}")
REDIRECT_MARKS = ("redirect_uri", "redirect uri", "reply url", "reply address", "aadsts50011")


def told(members: Mapping[str, Any]) -> str:
    """What the provider says of its error, for an administrator: `error: error_description`, bounded."""
    error, description = (shown(members.get(name) or "", 200) for name in ("error", "error_description"))
    return f"{error or 'no error code'}: {description}" if description else error


def is_about_dpop(members: Mapping[str, Any]) -> bool:
    """Whether the error refuses our proof or demands one; some providers say the latter in words only."""
    return _error(members) in DPOP_ERRORS or "dpop" in _description(members)


def is_about_redirect_uri(members: Mapping[str, Any]) -> bool:
    """Whether our redirect URI is what is refused; apart from GitHub and Google that is said in words."""
    text = _description(members)
    return _error(members) == "redirect_uri_mismatch" or any(mark in text for mark in REDIRECT_MARKS)


def address_told(members: Mapping[str, Any]) -> str:
    """The first address in the provider's words, such as the redirect URI that it refuses; blank: none."""
    found = ADDRESS.search(shown(members.get("error_description") or "", 1000))
    return found[0].rstrip(".,;:)") if found is not None else ""


def named_error(
    members: Mapping[str, Any], redirect_uri: str, otherwise: type[UpstreamError]
) -> UpstreamError:
    """The error that the provider's answer amounts to. `redirect_uri` is the one that we sent."""
    detail = told(members)
    if is_about_dpop(members):
        return InvalidDpopProof(detail)
    if _error(members) in CLIENT_ERRORS:
        return UpstreamInvalidClient(detail)
    if is_about_redirect_uri(members):
        return RedirectUriRefused(detail, expected=redirect_uri, came=address_told(members))
    return otherwise(detail)


def _error(members: Mapping[str, Any]) -> str:
    return shown(members.get("error") or "", 100)


def _description(members: Mapping[str, Any]) -> str:
    return shown(members.get("error_description") or "", 1000).lower()
